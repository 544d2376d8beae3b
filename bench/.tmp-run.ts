import { measure } from './ingest.bench';
console.log(await measure.run());
process.exit(0);
