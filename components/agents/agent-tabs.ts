/** What an agent's page shows; in the URL as `?tab=`. */
export const AGENT_TABS = ['overview', 'runs', 'incidents'] as const;
/** How far back its trend can look, in days; in the URL as `?days=`. */
export const TREND_DAYS = [30, 90, 180] as const;
export type AgentTab = (typeof AGENT_TABS)[number];
