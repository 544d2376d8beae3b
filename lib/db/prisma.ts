import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client';
import { poolSettings } from './pool';

declare global {
  // Next's development server reloads modules; one client must survive that.
  var countersignPrisma: PrismaClient | undefined;
}

/** The dashboard's reads and writes. Hot paths use `db()` of pool.ts instead. */
export function prisma(): PrismaClient {
  globalThis.countersignPrisma ??= new PrismaClient({
    adapter: new PrismaPg(poolSettings()),
  });
  return globalThis.countersignPrisma;
}
