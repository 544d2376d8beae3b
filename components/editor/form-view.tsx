'use client';

import { DraftRiskPreview } from '@/components/risk/draft-risk-preview';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { FORM, formSection } from '@/lib/contract/form-model';
import type { SectionKey } from '@/lib/contract/schema';
import { useDraft, useIssues } from './editor-context';
import { FieldControl } from './field-control';
import { IssueLine } from './field-frame';
import { ExtendsDefaults } from './inherited';
import { Suggestions } from './suggestions';

/** One section as a form. */
export function FormView({
  section,
  onGo,
  onYaml,
}: {
  section: SectionKey;
  onGo: (section: SectionKey) => void;
  onYaml: () => void;
}) {
  const { number, title, hint, fields } = formSection(section);
  const readable = useDraft((view) => view.readable);
  const own = useIssues(section);
  const [previous, next] = [FORM[number - 2], FORM[number]];
  return (
    <section aria-labelledby="section-title" className="min-w-0">
      <Suggestions />
      <h2
        id="section-title"
        tabIndex={-1}
        className="border-b border-line pb-1.5 text-lg leading-6 font-semibold outline-none"
      >
        {number}&ensp;{title}
      </h2>
      <p className="pt-2 pb-4 text-ink-2">{hint}</p>
      {readable ? null : (
        <div className="pb-4">
          <Callout tone="critical" title="The YAML cannot be read, so the form only shows what it last said">
            Mend it in the YAML view; nothing is lost.{' '}
            <Button variant="link" onClick={onYaml}>
              Open YAML
            </Button>
          </Callout>
        </div>
      )}
      {own.map((issue) => (
        <IssueLine key={issue.message} issue={issue} />
      ))}
      {section === 'identity' ? <ExtendsDefaults /> : null}
      <div key={section} className="grid gap-x-5 gap-y-5 md:grid-cols-2">
        {fields.map((field) => (
          <FieldControl key={field.pattern} field={field} path={field.pattern.split('/')} />
        ))}
      </div>
      {section === 'risk' ? <DraftRiskPreview /> : null}
      <div className="mt-8 flex justify-between gap-2 border-t border-line pt-4">
        {previous === undefined ? (
          <span />
        ) : (
          <Button onClick={() => onGo(previous.key)}>{previous.title}</Button>
        )}
        {next === undefined ? <span /> : <Button onClick={() => onGo(next.key)}>Next: {next.title}</Button>}
      </div>
    </section>
  );
}
