import { prepare } from '@/scripts/prepare.mjs';
import { BUILD_FOLDER } from './instance';

/** Before the first worker starts an instance: what they all run is built once, where it is not yet. */
export default async function setup(): Promise<void> {
  if (process.env.E2E_DASHBOARD_URL !== undefined) return;
  const { build } = await prepare(BUILD_FOLDER);
  await build();
}
