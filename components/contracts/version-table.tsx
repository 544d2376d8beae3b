import Link from 'next/link';
import { ButtonLink } from '@/components/ui/button';
import { Digest } from '@/components/ui/digest';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetFoot } from '@/components/ui/sheet';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { Tag } from '@/components/ui/tag';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { formatCount } from '@/lib/format';
import type { Stage } from '@/lib/lifecycle/stages';
import type { VersionRow } from '@/lib/services/contracts/version-rows';
import { compareHref } from './compare-href';
import { contractHref } from './contract-href';
import { PutInForce } from './put-in-force';

/** All versions of a contract, the newest first. `agent` null: the workspace defaults, whose newest always decides. */
export function VersionTable({
  agent,
  versions,
  shown,
  mayPutInForce,
}: {
  agent: { name: string; displayName: string; stage: Stage } | null;
  versions: readonly VersionRow[];
  shown: number;
  mayPutInForce: boolean;
}) {
  return (
    <Sheet>
      <Table label="Versions">
        <thead>
          <tr>
            <Th>Version</Th>
            <Th>Digest</Th>
            <Th>Code</Th>
            <Th>Imported</Th>
            <Th>By</Th>
            <Th numeric>Runs</Th>
            <Th>
              <span className="sr-only">Action</span>
            </Th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <Tr
              key={version.id}
              linked
              tone={version.number === shown ? 'chosen' : 'plain'}
              className={version.number === shown ? '[--ink-3:var(--ink-2)]' : ''}
            >
              <Td>
                <Link
                  prefetch={false}
                  href={contractHref(agent?.name ?? 'defaults', { version: version.number })}
                  aria-current={version.number === shown ? 'true' : undefined}
                  className="row-link font-medium"
                >
                  v{version.label}
                </Link>
                <span className="ml-2 text-ink-3">no. {version.number}</span>
                {version.inForce ? (
                  <span className="ml-2">
                    <Tag tone="low">in force</Tag>
                  </span>
                ) : null}
              </Td>
              <Td className="relative">
                <Digest value={version.digest} />
              </Td>
              <Td wrap className="min-w-40!">
                <span className="code [overflow-wrap:anywhere]">{version.code}</span>
              </Td>
              <Td className="relative">
                <RelativeTime at={version.createdAt} />
              </Td>
              <Td>{version.createdBy ?? <span className="text-ink-3">not known</span>}</Td>
              <Td numeric>{formatCount(version.runs)}</Td>
              <Td className="relative text-right">
                {versions.length > 1 ? (
                  <ButtonLink
                    href={compareHref(agent?.name ?? DEFAULTS_AGENT, compared(versions, version))}
                    size="small"
                    className="mr-2"
                  >
                    Compare
                  </ButtonLink>
                ) : null}
                {agent !== null && mayPutInForce && !version.inForce ? (
                  <PutInForce
                    agent={agent.name}
                    versionId={version.id}
                    displayName={agent.displayName}
                    number={version.number}
                    label={version.label}
                    stage={agent.stage}
                    size="small"
                  />
                ) : null}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <SheetFoot>
        Versions never change: importing a changed text makes the next one. A run is judged by the version
        that was in force when it began.
      </SheetFoot>
    </Sheet>
  );
}

/** A version is compared with the one in force; that one with the version before it, or the next. */
function compared(versions: readonly VersionRow[], version: VersionRow): { from: number; to: number } {
  const inForce = versions.find((each) => each.inForce);
  if (inForce !== undefined && inForce.number !== version.number)
    return { from: inForce.number, to: version.number };
  const at = versions.indexOf(version);
  const other = versions[at + 1] ?? versions[at - 1] ?? version;
  return { from: Math.min(other.number, version.number), to: Math.max(other.number, version.number) };
}
