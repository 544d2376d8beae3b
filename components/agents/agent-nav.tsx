import { Tabs } from '@/components/ui/tabs';

export type AgentPlace =
  | 'overview'
  | 'risk'
  | 'quality'
  | 'cost'
  | 'lifecycle'
  | 'evidence'
  | 'scenarios'
  | 'drills'
  | 'contract'
  | 'runs'
  | 'incidents';

/** The pages of one agent, the same on each of them. `name` is the one it goes by in telemetry. */
export function AgentNav({ name, current }: { name: string; current: AgentPlace }) {
  const slug = encodeURIComponent(name);
  const path = `/agents/${slug}`;
  return (
    <Tabs
      label="About this agent"
      current={current}
      tabs={[
        { id: 'overview', label: 'Overview', href: path },
        { id: 'risk', label: 'Risk', href: `${path}/risk` },
        { id: 'quality', label: 'Quality', href: `${path}/quality` },
        { id: 'cost', label: 'Cost', href: `${path}/cost` },
        { id: 'lifecycle', label: 'Lifecycle', href: `${path}/lifecycle` },
        { id: 'evidence', label: 'Evidence', href: `${path}/evidence` },
        { id: 'scenarios', label: 'Scenarios', href: `${path}/scenarios` },
        { id: 'drills', label: 'Drills', href: `${path}/drills` },
        { id: 'contract', label: 'Contract', href: `/contracts/${slug}` },
        { id: 'runs', label: 'Runs', href: `${path}?tab=runs` },
        { id: 'incidents', label: 'Incidents', href: `${path}?tab=incidents` },
      ]}
    />
  );
}
