'use client';

import { useRouter } from 'next/navigation';
import { PrintButton } from '@/components/contracts/print-button';
import { Notes, WriteNote } from '@/components/incidents/conversation';
import { IncidentState } from '@/components/incidents/incident-state';
import { Band } from '@/components/ui/band';
import { ButtonLink } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { formatClock, formatDateTime } from '@/lib/format';
import type { PostmortemSection, Statement } from '@/lib/response/postmortem';
import { entryNumber } from '@/lib/response/timeline-words';
import type { PostmortemDetail } from '@/lib/services/postmortems/get-postmortem';

/** The postmortem as a document: what the record says, and beside each section what people wrote. */
export function PostmortemPage({ detail }: { detail: PostmortemDetail }) {
  const { number, document } = detail;
  const file = (format: 'pdf' | 'md') => `/api/incidents/${number}/postmortem?format=${format}`;
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Incidents', href: '/incidents' },
          { label: `INC-${number}`, href: `/incidents/${number}` },
          { label: 'Postmortem' },
        ]}
        title={document.title}
        facts={[
          <Band key="band" band={detail.incident.severity} />,
          <IncidentState key="state" state={detail.incident.state} />,
          detail.agent.displayName,
          <span key="at">
            written from the record <RelativeTime at={detail.at} />
          </span>,
        ]}
        actions={
          <span className="flex flex-wrap gap-2 print:hidden">
            <ButtonLink href={file('md')} download>
              Markdown
            </ButtonLink>
            <ButtonLink href={file('pdf')} target="_blank">
              PDF
            </ButtonLink>
            <PrintButton />
          </span>
        }
      />
      <article className="max-w-[76ch]">
        {document.sections.map((section) => (
          <Section key={section.id} section={section} detail={detail} />
        ))}
      </article>
    </>
  );
}

function Section({ section, detail }: { section: PostmortemSection; detail: PostmortemDetail }) {
  const router = useRouter();
  const { annotations, number, zone } = detail;
  const notes = annotations.notes.filter((note) => note.section === section.id);
  return (
    <section
      id={section.id}
      aria-labelledby={`${section.id}-title`}
      className="mb-7 grid scroll-mt-4 grid-cols-[minmax(0,1fr)] gap-3"
    >
      <h2 id={`${section.id}-title`} className="border-b border-line pb-1.5 text-lg font-semibold">
        {section.title}
      </h2>
      {section.id === 'timeline' ? (
        <ol className="grid gap-1.5 text-sm">
          {section.statements.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: statements never change places
            <li key={index} className="grid gap-x-3 sm:grid-cols-[7.5rem_minmax(0,1fr)]">
              {one.at === undefined ? (
                <span />
              ) : (
                <time
                  className="text-ink-3 tabular-nums"
                  dateTime={one.at}
                  title={formatDateTime(one.at, zone, 'millisecond')}
                >
                  {formatClock(one.at, zone, 'millisecond')}
                </time>
              )}
              <Text statement={one} />
            </li>
          ))}
        </ol>
      ) : (
        <ul className="grid gap-2">
          {section.statements.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: statements never change places
            <li key={index}>
              <Text statement={one} />
            </li>
          ))}
        </ul>
      )}
      {section.excerpt === undefined ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre tabIndex={0} className="code overflow-x-auto rounded-md bg-sunk px-3 py-2">
          {section.excerpt}
        </pre>
      )}
      {notes.length === 0 ? null : (
        <div className="border-l-2 border-line-strong pl-3.5">
          <Notes notes={notes} />
        </div>
      )}
      <WriteNote
        number={number}
        section={section.id}
        people={annotations.people}
        mayWrite={annotations.mayWrite}
        label={`Write beside “${section.title}”`}
        onDone={() => router.refresh()}
      />
    </section>
  );
}

function Text({ statement }: { statement: Statement }) {
  return (
    <span className="min-w-0 [overflow-wrap:anywhere]">
      {statement.text}
      {statement.entries.length === 0 ? null : (
        <span className="ml-1.5 text-xs whitespace-nowrap text-ink-3" title="Entry of the audit log">
          {statement.entries.map(entryNumber).join(', ')}
        </span>
      )}
    </span>
  );
}
