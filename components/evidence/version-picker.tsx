'use client';

import { useRouter } from 'next/navigation';
import type { VersionDto } from '@/lib/services/gates/dto';

/** Which version's evidence is looked at. */
export function VersionPicker({
  agent,
  versions,
  current,
}: {
  agent: string;
  versions: readonly VersionDto[];
  current: number;
}) {
  const router = useRouter();
  const [only, ...more] = versions;
  if (only !== undefined && more.length === 0) return <>for v{only.label}</>;
  return (
    <label className="inline-flex items-baseline gap-1.5">
      for
      <select
        aria-label="Version"
        value={current}
        onChange={(event) =>
          router.push(`/agents/${encodeURIComponent(agent)}/evidence?version=${event.currentTarget.value}`)
        }
        className="rounded-md border border-line-strong bg-sheet px-1.5 py-0.5 text-ink"
      >
        {versions.map((version, index) => (
          <option key={version.id} value={version.number}>
            v{version.label}
            {index === 0 ? ', the newest' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}
