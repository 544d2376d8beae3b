/** A contract to start from: YAML with notes, and `<placeholders>` where somebody has to say who and what. */
export interface Template {
  /** Named in a draft's origin (`template:<id>`); never changes. */
  id: string;
  title: string;
  /** What agents of its kind do, for choosing. */
  group: (typeof TEMPLATE_GROUPS)[number];
  does: string;
  suits: string;
  /** The name such an agent often goes by. */
  agent: string;
  source: string;
}

export const TEMPLATE_GROUPS = [
  'Decides and pays',
  'Answers people',
  'Works in the back office',
  'Looks things up',
] as const;

/** The people a template asks for, as its placeholders name them. */
export const TEMPLATE_PEOPLE = [
  'owner',
  'delegatedBy',
  'sponsor',
  'engineeringLead',
  'qa',
  'grc',
  'operator',
  'sre',
] as const;
export type TemplatePerson = (typeof TEMPLATE_PEOPLE)[number];

export interface TemplateAnswers {
  name: string;
  /** The name it goes by in telemetry. */
  agent: string;
  businessUnit: string;
  /** YYYY-MM-DD */
  today: string;
  /** E-mail addresses. Who is not known yet is left out, and the draft says so at that place. */
  people: Partial<Record<TemplatePerson, string>>;
}
