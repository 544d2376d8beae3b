'use client';

import { useId, useState } from 'react';
import { Input } from '@/components/ui/field';

/** What people call the agent, the name it sends, and whose it is. The name it sends follows the other until one writes it. */
export function AgentFields({
  name = '',
  agent = '',
  units,
}: {
  name?: string;
  agent?: string;
  /** Business units the workspace has, to choose from. */
  units: readonly string[];
}) {
  const list = useId();
  const [own, setOwn] = useState<string | undefined>(agent === '' ? undefined : agent);
  const [called, setCalled] = useState(name);
  return (
    <div className="grid items-start gap-x-4 gap-y-3 sm:grid-cols-2 lg:grid-cols-3">
      <Input
        name="name"
        label="Name"
        hint="What people call it."
        required
        maxLength={200}
        autoComplete="off"
        value={called}
        onChange={(event) => setCalled(event.currentTarget.value)}
      />
      <Input
        name="agent"
        label="Name in telemetry"
        hint="gen_ai.agent.name or service.name, as it sends them."
        required
        maxLength={64}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={own ?? slugOf(called)}
        onChange={(event) => setOwn(event.currentTarget.value)}
      />
      <Input
        name="businessUnit"
        label="Business unit"
        hint="Whose work it does."
        required
        maxLength={200}
        autoComplete="off"
        list={list}
      />
      <datalist id={list}>
        {units.map((unit) => (
          <option key={unit} value={unit} />
        ))}
      </datalist>
    </div>
  );
}

/** "Claims processor (EU)" becomes "claims-processor-eu". */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
}
