/** Where the JSON Schema was before `/schema/v1/contract.json`. */
export { GET } from '../../../schema/v1/contract.json/route';
