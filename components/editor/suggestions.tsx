'use client';

import { ROLE_TITLES, ROLES } from '@/lib/auth/roles';
import { CATEGORIES } from '@/lib/contract/categories';
import { isGroup, valueAt } from '@/lib/contract/edit-value';
import type { Source } from '@/lib/contract/form-words';
import { useEditor, useSame } from './editor-context';

/** What a field offers to pick from: the id of the list, which stands once in the page. */
export function offersOf(source: Source): string | undefined {
  return source === 'text' ? undefined : `offers-${source}`;
}

/** The lists that fields offer: people of the workspace, roles, the draft's own tools and the data categories. */
export function Suggestions() {
  const { people } = useEditor();
  const tools = useSame((view) => (isGroup(view.document.tools) ? Object.keys(view.document.tools) : []));
  const weighed = useSame((view) => {
    const weights = valueAt(view.document, ['risk', 'categories']);
    return isGroup(weights) ? Object.keys(weights) : [];
  });
  const categories = new Map(CATEGORIES.map(({ slug, title }) => [slug, title]));
  for (const slug of weighed) if (!categories.has(slug)) categories.set(slug, '');
  return (
    <>
      <datalist id="offers-person">
        {people.map((person) => (
          <option key={person.personId} value={person.email} label={person.name} />
        ))}
      </datalist>
      <datalist id="offers-role">
        {ROLES.map((role) => (
          <option key={role} value={role} label={ROLE_TITLES[role]} />
        ))}
      </datalist>
      <datalist id="offers-tool">
        {tools.map((tool) => (
          <option key={tool} value={tool} />
        ))}
      </datalist>
      <datalist id="offers-category">
        {[...categories].map(([slug, title]) => (
          <option key={slug} value={slug} label={title === slug ? '' : title} />
        ))}
      </datalist>
      <datalist id="offers-condition-field">
        <option value="category" label="a data category the call touches" />
        <option value="action" label="the action class of the tool" />
        <option value="tool" label="the tool's name" />
        <option value="arg.amount" label="an argument of the call" />
      </datalist>
    </>
  );
}
