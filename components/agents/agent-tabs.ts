/** What an agent's page shows; in the URL as `?tab=`. */
export const AGENT_TABS = ['overview', 'runs', 'incidents'] as const;
export type AgentTab = (typeof AGENT_TABS)[number];
