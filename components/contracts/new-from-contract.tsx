'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/field';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { SubmitButton } from '@/components/ui/submit-button';
import { anotherAgent, nextVersion } from './new-actions';
import { AgentFields } from './new-agent-fields';

/** A contract there is, with its versions, the newest first. */
export interface StartableContract {
  name: string;
  displayName: string;
  versions: readonly { number: number; label: string; inForce: boolean }[];
}

/** Start from a contract there is: its own next version, or a copy for another agent. */
export function NewFromContract({
  contracts,
  chosen,
  units,
}: {
  contracts: readonly StartableContract[];
  /** From the address; null before one is chosen. */
  chosen: { name: string; version: number } | null;
  units: readonly string[];
}) {
  const router = useRouter();
  const [copy, setCopy] = useState(false);
  const contract = contracts.find((each) => each.name === chosen?.name);
  if (contracts.length === 0)
    return (
      <Sheet>
        <EmptyState title="There is no contract yet">
          Start from a template, from text or from what an agent did.
        </EmptyState>
      </Sheet>
    );
  const go = (name: string, version?: number) =>
    router.push(
      `/contracts/new?from=contract&contract=${encodeURIComponent(name)}${version === undefined ? '' : `&version=${version}`}`,
      { scroll: false },
    );
  return (
    <Sheet title="From another contract">
      <SheetBody className="grid gap-5">
        <div className="grid items-start gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
          <Select
            name="contract"
            label="Contract"
            value={contract?.name ?? ''}
            onChange={(event) => go(event.currentTarget.value)}
          >
            {contract === undefined ? <option value="">Choose one</option> : null}
            {contracts.map((each) => (
              <option key={each.name} value={each.name}>
                {each.displayName}
              </option>
            ))}
          </Select>
          {contract === undefined ? null : (
            <Select
              name="versionShown"
              label="Version"
              value={chosen?.version}
              onChange={(event) => go(contract.name, Number(event.currentTarget.value))}
            >
              {contract.versions.map((version) => (
                <option key={version.number} value={version.number}>
                  v{version.label} (no. {version.number}){version.inForce ? ', in force' : ''}
                </option>
              ))}
            </Select>
          )}
        </div>
        {contract === undefined || chosen === null ? null : (
          <>
            <fieldset className="grid gap-2">
              <legend className="mb-1 text-sm font-medium">What it becomes</legend>
              {[
                { copy: false, label: `The next version of ${contract.displayName}` },
                { copy: true, label: 'A contract for another agent' },
              ].map((option) => (
                <label key={option.label} className="flex items-center gap-2">
                  <input
                    type="radio"
                    name="becomes"
                    checked={copy === option.copy}
                    onChange={() => setCopy(option.copy)}
                    className="size-4 accent-(--accent)"
                  />
                  <span className="min-w-0 [overflow-wrap:anywhere]">{option.label}</span>
                </label>
              ))}
            </fieldset>
            <ActionForm key={String(copy)} action={copy ? anotherAgent : nextVersion} className="grid gap-5">
              <input type="hidden" name="from" value={contract.name} />
              <input type="hidden" name="version" value={chosen.version} />
              {copy ? <AgentFields units={units} /> : null}
              <div className="flex flex-wrap items-center justify-between gap-3">
                <p className="max-w-[68ch] text-sm text-ink-2">
                  {copy
                    ? 'Notes, tools, limits and people are taken over; names and version numbers start afresh.'
                    : 'The text is taken over, under the next version number. Nothing changes for the version in force.'}
                </p>
                <SubmitButton>Make a draft</SubmitButton>
              </div>
            </ActionForm>
          </>
        )}
      </SheetBody>
    </Sheet>
  );
}
