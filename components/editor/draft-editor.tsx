'use client';

import dynamic from 'next/dynamic';
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import { MarkReading } from '@/components/comments/mark-reading';
import { SubjectReview } from '@/components/comments/subject-review';
import { useThreadCounts } from '@/components/comments/use-threads';
import { Button } from '@/components/ui/button';
import { Callout } from '@/components/ui/callout';
import { PageHeader } from '@/components/ui/page-header';
import { Skeleton } from '@/components/ui/skeleton';
import { sectionOf } from '@/lib/contract/clauses';
import { valueAt } from '@/lib/contract/edit-value';
import type { DraftContext, DraftReading } from '@/lib/contract/read-draft';
import { SECTIONS, type SectionKey } from '@/lib/contract/schema';
import type { DecidedTool } from '@/lib/services/catalogue/list-decided-tools';
import type { DraftDetail } from '@/lib/services/drafts/get-draft';
import { ConflictDialog } from './conflict-dialog';
import type { DraftStore } from './draft-store';
import { type EditorPerson, EditorProvider, type Target, useDraft, useEditor } from './editor-context';
import { FormView } from './form-view';
import { IssueList } from './issue-list';
import { PeopleHere } from './people-here';
import { SaveMark } from './save-mark';
import { SectionList } from './section-list';
import { SubmitDraft } from './submit-draft';
import { useDraftStore } from './use-draft-store';

const YamlView = dynamic(() => import('./yaml-view'), {
  ssr: false,
  loading: () => <div className="h-96 rounded-lg border border-line bg-sheet" />,
});

type View = 'form' | 'yaml' | 'review';
const VIEWS = [
  ['form', 'Form'],
  ['yaml', 'YAML'],
  ['review', 'Review'],
] as const;

export interface DraftEditorProps {
  draft: DraftDetail;
  reading: DraftReading;
  context: DraftContext;
  people: readonly EditorPerson[];
  catalogue: readonly DecidedTool[];
  me: string;
  start: { view: View; section: SectionKey };
  /** What the page's head says below the name, and may do. */
  facts: readonly ReactNode[];
  actions: ReactNode;
}

/** The editor of a draft: the same text as a form and as YAML. */
export function DraftEditor(props: DraftEditorProps) {
  const { store, at } = useDraftStore(props.draft, props.reading, props.context, props.me);
  return (
    <>
      <PageHeader
        crumbs={[
          { label: 'Contracts', href: '/contracts' },
          { label: 'Drafts', href: '/contracts/drafts' },
          { label: props.draft.name },
        ]}
        title={store === null ? props.draft.name : <DraftName store={store} name={props.draft.name} />}
        facts={props.facts}
        actions={props.actions}
      />
      {store === null ? <EditorSkeleton /> : <Editor {...props} store={store} at={at} />}
    </>
  );
}

/** As its text calls it by now. */
function DraftName({ store, name }: { store: DraftStore; name: string }) {
  const read = () => valueAt(store.get().document, ['identity', 'name']);
  const written = useSyncExternalStore(store.subscribe, read, read);
  return <bdi>{typeof written === 'string' && written.trim() !== '' ? written : name}</bdi>;
}

function EditorSkeleton() {
  return (
    <div className="grid gap-4 md:grid-cols-[190px_minmax(0,1fr)]">
      <Skeleton className="h-96" />
      <Skeleton className="h-96" />
    </div>
  );
}

function Editor({
  draft,
  context,
  people,
  catalogue,
  me,
  start,
  store,
  at,
}: DraftEditorProps & { store: DraftStore; at: (clause: string | null) => void }) {
  const [view, setView] = useState<View>(start.view);
  const [section, setSection] = useState<SectionKey>(start.section);
  const [target, setTarget] = useState<Target | null>(null);

  useEffect(() => {
    const query = new URLSearchParams(window.location.search);
    query.set('view', view);
    query.set('section', section);
    window.history.replaceState(null, '', `?${query}${window.location.hash}`);
  }, [view, section]);

  const show = useCallback(
    async (next: View) => {
      // What was typed in the one is in the other before it is shown.
      await store.settle();
      setView(next);
    },
    [store],
  );
  const goSection = useCallback(
    (key: SectionKey) => {
      setSection(key);
      setTarget(view === 'yaml' ? { clause: key, at: Date.now() } : null);
      at(key);
      if (view === 'review') setView('form');
      if (view !== 'yaml')
        requestAnimationFrame(() => document.getElementById('section-title')?.focus({ preventScroll: true }));
      window.scrollTo({ top: Math.min(window.scrollY, 120) });
    },
    [view, at],
  );
  const go = useCallback(
    async (clause: string) => {
      const key = sectionOf(clause);
      if (key === undefined || !store.get().readable) await show('yaml');
      else {
        setSection(key);
        setView((now) => (now === 'review' ? 'form' : now));
      }
      setTarget({ clause, at: Date.now() });
    },
    [show, store],
  );
  const subject = useMemo(() => ({ kind: 'draft' as const, id: draft.id }), [draft.id]);
  const threads = useThreadCounts(subject);
  const editor = useMemo(
    () => ({
      store,
      draftId: draft.id,
      me,
      defaults: context.defaults ?? null,
      people,
      catalogue,
      target,
      at,
      go: (clause: string) => void go(clause),
      section,
      threads,
    }),
    [store, draft.id, me, context, people, catalogue, target, at, go, section, threads],
  );

  // A link to a clause, from a notification or a comment, leads to its field.
  useEffect(() => {
    const follow = () => {
      const clause = decodeURIComponent(window.location.hash.slice(1));
      if (clause === '') return;
      window.history.replaceState(null, '', window.location.pathname + window.location.search);
      void go(clause);
    };
    follow();
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, [go]);

  function onKeyDown(event: KeyboardEvent) {
    const mod = event.metaKey || event.ctrlKey;
    const key = event.key.toLowerCase();
    if (mod && (key === 'z' || key === 'y') && !event.defaultPrevented) {
      event.preventDefault();
      void (key === 'y' || event.shiftKey ? store.redo() : store.undo());
    } else if (event.altKey && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const index = SECTIONS.findIndex((each) => each.key === section);
      const next = SECTIONS[index + (event.key === 'ArrowDown' ? 1 : -1)];
      if (next === undefined) return;
      event.preventDefault();
      goSection(next.key);
    }
  }

  return (
    <EditorProvider editor={editor}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole editor, on top of those of its fields */}
      <div onKeyDown={onKeyDown} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <Ended />
        <Reading />
        <Bar view={view} onView={(next) => void show(next)} isDefaults={draft.subject === 'defaults'} />
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-7 gap-y-4 md:grid-cols-[190px_minmax(0,1fr)] xl:grid-cols-[190px_minmax(0,1fr)_270px]">
          <SectionList current={section} onGo={goSection} />
          {view === 'form' ? (
            <FormView section={section} onGo={goSection} onYaml={() => void show('yaml')} />
          ) : view === 'yaml' ? (
            <YamlView />
          ) : (
            <SubjectReview subject={subject} />
          )}
          <aside className="min-w-0 md:col-start-2 xl:sticky xl:top-5 xl:col-start-auto xl:self-start">
            <IssueList lines={view === 'yaml'} />
          </aside>
        </div>
        <ConflictDialog />
      </div>
    </EditorProvider>
  );
}

function Bar({
  view,
  onView,
  isDefaults,
}: {
  view: View;
  onView: (view: View) => void;
  isDefaults: boolean;
}) {
  const { store } = useEditor();
  const canUndo = useDraft((draft) => draft.canUndo);
  const canRedo = useDraft((draft) => draft.canRedo);
  const mayWrite = useDraft((draft) => draft.mayWrite);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line pb-3">
      <fieldset aria-label="View" className="inline-flex rounded-md border border-line-strong bg-sheet p-0.5">
        {VIEWS.map(([each, label]) => (
          <button
            key={each}
            type="button"
            aria-pressed={view === each}
            onClick={() => onView(each)}
            className="rounded-sm px-3 py-1 text-sm text-ink-2 aria-pressed:bg-sunk aria-pressed:font-medium aria-pressed:text-ink"
          >
            {label}
          </button>
        ))}
      </fieldset>
      {mayWrite ? (
        <div className="flex gap-1">
          <Button size="small" disabled={!canUndo} onClick={() => void store.undo()} title="Ctrl Z">
            Undo
          </Button>
          <Button size="small" disabled={!canRedo} onClick={() => void store.redo()} title="Ctrl Shift Z">
            Redo
          </Button>
        </div>
      ) : null}
      {mayWrite ? <SaveMark /> : <span className="text-sm text-ink-2">You read; you cannot change it.</span>}
      <PeopleHere />
      <span className="flex-1" />
      {mayWrite ? <SubmitDraft isDefaults={isDefaults} /> : null}
    </div>
  );
}

/** Who has read the draft, and up to which change. */
function Reading() {
  const { draftId } = useEditor();
  const revision = useDraft((draft) => draft.revision);
  return <MarkReading subject={{ kind: 'draft', id: draftId }} revision={revision} />;
}

/** Somebody submitted or discarded it while it was open here. */
function Ended() {
  const state = useDraft((draft) => draft.state);
  if (state === 'open') return null;
  return (
    <Callout
      tone="medium"
      title={state === 'submitted' ? 'This draft was submitted' : 'This draft was discarded'}
    >
      {state === 'submitted'
        ? 'It is a version now, which never changes. Start a new draft from that version to go on.'
        : 'Its text stays readable here.'}
    </Callout>
  );
}
