import { ClauseThreads } from '@/components/comments/clause-threads';
import { clausesOf, sectionOf } from '@/lib/contract/clauses';
import { authorityRows } from '@/lib/contract/describe';
import { type SectionText, sectionTexts } from '@/lib/contract/document';
import type { Contract } from '@/lib/contract/schema';
import { summarise } from '@/lib/contract/summary';
import type { BrokenClause } from '@/lib/services/contracts/get-contract';
import { AuthorityTable } from './authority-table';
import { ClauseMark } from './clause-mark';
import { ClauseNotes, type NotesFor } from './clause-notes';
import { BrokenBy, ClauseName, ClauseRow, MARKED } from './clause-row';
import { ThresholdTable, WeightTable } from './risk-tables';
import { SectionRail } from './section-rail';
import { type People, PersonName, Sentence } from './sentence';

const NOTHING: Partial<Record<SectionText['key'], string>> = {
  tools: 'No tool is listed: every call is a breach.',
  evidence: 'Nothing has to be shown before a call.',
  policies: 'No policy is named.',
  quality: 'Nothing is measured.',
  cost: 'Nothing limits what it spends.',
};

/** Shown by the tables of their sections. */
const TABLED: ReadonlySet<string> = new Set([
  'risk/thresholds',
  'risk/thresholds/medium',
  'risk/thresholds/high',
  'risk/thresholds/critical',
  'risk/categories',
  'risk/actions',
]);

/** The contract as a document: summary, then twelve sections, each clause an anchor of its own name. */
export function ContractDocument({
  contract,
  people,
  broken,
  notes = null,
}: {
  contract: Contract;
  people: People;
  broken: readonly BrokenClause[];
  /** Null for a text that is no version yet: nothing can be said of its clauses. */
  notes?: NotesFor | null;
}) {
  const sections = sectionTexts(contract);
  const paths = clausesOf(contract).map((clause) => clause.path);
  const rows = authorityRows(contract);
  const shown = new Set([
    ...sections.flatMap((section) => section.clauses.map((clause) => clause.path)),
    ...rows.map((row) => row.clause),
  ]);
  /** A deeper clause belongs to the row that shows it. */
  const brokenIn = (path: string) =>
    broken.filter(({ clause }) => clause === path || (clause.startsWith(`${path}/`) && !shown.has(clause)));
  /** Clauses of a section that no row of it shows, such as a whole list that is empty. */
  const within = (key: string) =>
    paths.filter(
      (path) =>
        path !== key &&
        sectionOf(path) === key &&
        !TABLED.has(path) &&
        ![...shown].some((row) => path === row || path.startsWith(`${row}/`)),
    );
  const rest = (key: string) =>
    broken.filter(
      ({ clause }) =>
        sectionOf(clause) === key &&
        !clause.startsWith('risk/thresholds/') &&
        ![...shown].some((path) => clause === path || clause.startsWith(`${path}/`)),
    );

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 md:grid-cols-[150px_minmax(0,860px)] md:gap-9">
      <SectionRail
        entries={[
          { id: 'in-short', label: 'In short', broken: 0 },
          ...sections.map((section) => ({
            id: section.key,
            label: `${section.number} ${section.title}`,
            broken: broken.filter(({ clause }) => sectionOf(clause) === section.key).length,
          })),
        ]}
      />
      <article className="min-w-0 text-lg">
        <ClauseMark />
        <InShort contract={contract} people={people} />
        {sections.map((section) => (
          <section key={section.key} aria-labelledby={section.key} className="pt-7 first-of-type:pt-0">
            <div className="group relative border-b border-line pb-1.5">
              <h2 id={section.key} className="text-lg leading-6 font-semibold">
                {section.number}&ensp;{section.title}
              </h2>
              {notes === null ? null : (
                <ClauseThreads
                  subject={notes.subject}
                  clause={section.key}
                  also={within(section.key)}
                  corner
                />
              )}
            </div>
            {section.clauses.map((clause) => {
              const inside = paths.filter((path) => path.startsWith(`${clause.path}/`) && !shown.has(path));
              return (
                <ClauseRow
                  key={clause.path}
                  clause={clause}
                  people={people}
                  anchors={inside}
                  broken={brokenIn(clause.path)}
                  notes={<ClauseNotes clause={clause.path} also={inside} notes={notes} />}
                />
              );
            })}
            {section.clauses.length === 0 && NOTHING[section.key] !== undefined ? (
              <p className="py-2.5 text-ink-2">{NOTHING[section.key]}</p>
            ) : null}
            {section.key === 'authority' ? (
              <div className="pt-1">
                <span id="authority/defaults" />
                <AuthorityTable rows={rows} people={people} brokenAt={brokenIn} notes={notes} />
                <p className="pt-2 text-sm text-ink-2">
                  Where several rules fit a call, each one that asks for more holds. A rule under which it
                  acts alone lifts what holds for any other call, and nothing else.
                </p>
              </div>
            ) : null}
            {section.key === 'risk' ? (
              <div className="grid grid-cols-[minmax(0,1fr)] gap-3 pt-1">
                <ThresholdTable contract={contract} brokenAt={brokenIn} notes={notes} />
                <WeightTable contract={contract} notes={notes} />
              </div>
            ) : null}
            <Unlisted broken={rest(section.key)} />
          </section>
        ))}
      </article>
    </div>
  );
}

function InShort({ contract, people }: { contract: Contract; people: People }) {
  return (
    <section
      aria-labelledby="in-short"
      className="rounded-lg border border-line bg-sheet px-[22px] py-[18px]"
    >
      <h2 id="in-short" className="text-base font-semibold">
        In short
      </h2>
      <p className="max-w-[68ch] [overflow-wrap:anywhere]">
        {summarise(contract).map((sentence, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sentences never change places
          <span key={index}>
            <Sentence parts={sentence} people={people} />{' '}
          </span>
        ))}
      </p>
      <p className="mt-2 text-xs leading-5 text-ink-2">
        Written by rule from the clauses. <PersonName email={contract.identity.owner} people={people} /> is
        accountable.
      </p>
    </section>
  );
}

/** What runs broke that no clause speaks of, such as a tool that is not listed. */
function Unlisted({ broken }: { broken: readonly BrokenClause[] }) {
  return [...new Set(broken.map(({ clause }) => clause))].map((path) => (
    <div
      key={path}
      id={path}
      data-clause=""
      className={`grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1 border-b border-line py-2.5 md:grid-cols-[168px_minmax(0,1fr)] ${MARKED}`}
    >
      <div className="leading-[22px]">
        <ClauseName path={path} />
      </div>
      <div className="grid gap-1.5">
        <p className="text-ink-2">The contract does not list it; a run used it all the same.</p>
        <BrokenBy broken={broken.filter(({ clause }) => clause === path)} />
      </div>
    </div>
  ));
}
