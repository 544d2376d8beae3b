/**
 * Data categories a contract commonly names. A contract may use names of its own: these have titles and a group,
 * and a weight to start from (0 to 10, ours).
 */
export const CATEGORY_GROUPS = ['Personal data', 'Sensitive data', 'GDPR article 9'] as const;

export interface Category {
  slug: string;
  title: string;
  group: (typeof CATEGORY_GROUPS)[number];
  weight: number;
}

export const CATEGORIES: readonly Category[] = [
  { slug: 'personal', title: 'personal', group: 'Personal data', weight: 3 },
  { slug: 'contact', title: 'contact', group: 'Personal data', weight: 2 },
  { slug: 'financial', title: 'financial', group: 'Sensitive data', weight: 4 },
  { slug: 'bank-account', title: 'bank account', group: 'Sensitive data', weight: 8 },
  { slug: 'payment-card', title: 'payment card', group: 'Sensitive data', weight: 8 },
  { slug: 'health', title: 'health', group: 'Sensitive data', weight: 9 },
  { slug: 'criminal-justice', title: 'criminal justice', group: 'Sensitive data', weight: 9 },
  { slug: 'secret', title: 'secrets and credentials', group: 'Sensitive data', weight: 10 },
  { slug: 'confidential', title: 'company confidential', group: 'Sensitive data', weight: 5 },
  { slug: 'minors', title: 'minors', group: 'Sensitive data', weight: 9 },
  { slug: 'location', title: 'location and tracking', group: 'Sensitive data', weight: 5 },
  { slug: 'behaviour', title: 'behaviour and inferences', group: 'Sensitive data', weight: 5 },
  { slug: 'racial-or-ethnic-origin', title: 'racial or ethnic origin', group: 'GDPR article 9', weight: 10 },
  { slug: 'political-opinions', title: 'political opinions', group: 'GDPR article 9', weight: 10 },
  { slug: 'beliefs', title: 'religious or philosophical beliefs', group: 'GDPR article 9', weight: 10 },
  { slug: 'trade-union', title: 'trade union membership', group: 'GDPR article 9', weight: 10 },
  { slug: 'genetic', title: 'genetic', group: 'GDPR article 9', weight: 10 },
  { slug: 'biometric', title: 'biometric identification', group: 'GDPR article 9', weight: 10 },
  {
    slug: 'sexual-orientation',
    title: 'sex life or sexual orientation',
    group: 'GDPR article 9',
    weight: 10,
  },
];

const TITLES = new Map(CATEGORIES.map((category) => [category.slug, category.title]));

/** How a person reads a category: its title, or its slug with spaces. */
export function categoryTitle(slug: string): string {
  return TITLES.get(slug) ?? slug.replaceAll('-', ' ');
}
