import { PrismaPg } from '@prisma/adapter-pg';
import { config } from '@/lib/config';
import { PrismaClient } from './generated/client';

declare global {
  // Next's development server reloads modules; one client must survive that.
  var countersignPrisma: PrismaClient | undefined;
}

/** The dashboard's reads and writes. Hot paths use `db()` of pool.ts instead. */
export function prisma(): PrismaClient {
  globalThis.countersignPrisma ??= new PrismaClient({
    adapter: new PrismaPg({ connectionString: config().databaseUrl, max: 10 }),
  });
  return globalThis.countersignPrisma;
}
