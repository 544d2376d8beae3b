import { v7 } from 'uuid';

/** A new row's id: UUIDv7, so that ids sort by time and keyset paging has a tie-breaker that means something. */
export function newId(): string {
  return v7();
}
