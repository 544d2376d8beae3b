import type { Contract } from './schema';

/** What a version is called as a file, without its ending: letters, digits, dots and dashes. */
export function versionFileName(contract: Contract, label: string): string {
  return `${contract.identity.agent}-${label}`.replace(/[^\w.-]+/g, '-');
}
