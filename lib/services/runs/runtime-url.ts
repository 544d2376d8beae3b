import { config } from '@/lib/config';

/** Where agents reach the runtime plane: the dashboard's host, the runtime plane's port. */
export function runtimeUrl(): string {
  const { dashboardUrl, runtimePort } = config();
  return `http://${new URL(dashboardUrl).hostname}:${runtimePort}`;
}
