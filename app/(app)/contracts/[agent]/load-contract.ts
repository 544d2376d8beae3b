import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireActor } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import { type ContractDetail, getContract } from '@/lib/services/contracts/get-contract';

/** A version for a page and its title, read once for both: the number as the address has it, else the one in force. */
export const loadContract = cache(
  async (agent: string, version: string | undefined): Promise<ContractDetail> => {
    const actor = await requireActor();
    if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) notFound();
    return getContract(actor, agent, version === undefined ? undefined : Number(version)).catch(
      (error: unknown) => {
        if (error instanceof AppError && error.code === 'not_found') notFound();
        throw error;
      },
    );
  },
);
