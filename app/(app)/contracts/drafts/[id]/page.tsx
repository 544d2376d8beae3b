import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { amendmentHref } from '@/components/amendments/words';
import { compareHref } from '@/components/contracts/compare-href';
import { contractHref } from '@/components/contracts/contract-href';
import { discard } from '@/components/editor/actions';
import { DraftEditor } from '@/components/editor/draft-editor';
import { originWords } from '@/components/editor/origin-words';
import { ReasonDialog } from '@/components/ui/dialog';
import { RelativeTime } from '@/components/ui/relative-time';
import { Tag } from '@/components/ui/tag';
import { requireSession } from '@/lib/auth/session';
import { SECTIONS } from '@/lib/contract/schema';
import { DEFAULTS_AGENT } from '@/lib/contract/workspace-defaults';
import { AppError } from '@/lib/errors';
import { openDraft } from '@/lib/services/drafts/open-draft';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

const load = cache(async (id: string) => {
  const { actor } = await requireSession();
  return openDraft(actor, id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { draft } = await load((await params).id);
  return { title: `${draft.name}, draft` };
}

export default async function DraftPage({ params, searchParams }: Props) {
  const { actor } = await requireSession();
  const { draft, reading, context, people, catalogue } = await load((await params).id);
  const { view, section } = await searchParams;
  return (
    <DraftEditor
      key={draft.id}
      draft={draft}
      reading={reading}
      context={context}
      people={people}
      catalogue={catalogue}
      me={actor.personId}
      start={{
        view: view === 'yaml' || view === 'review' ? view : 'form',
        section: SECTIONS.find((each) => each.key === section)?.key ?? 'identity',
      }}
      facts={[
        <Tag key="state" tone={draft.state === 'open' ? 'accent' : 'plain'}>
          {draft.state === 'open' ? 'draft' : draft.state}
        </Tag>,
        draft.base === null ? originWords(draft.origin) : `after v${draft.base.label}`,
        draft.amendment === null ? (
          ''
        ) : (
          <span key="amendment">
            the text of{' '}
            <Link href={amendmentHref(draft.amendment.number)} className="prose-link">
              AMD-{draft.amendment.number}
            </Link>
            {draft.amendment.incident === null ? '' : `, since INC-${draft.amendment.incident}`}
          </span>
        ),
        <span key="begun">
          begun <RelativeTime at={draft.createdAt} />
          {draft.createdBy === null ? '' : ` by ${draft.createdBy}`}
        </span>,
        draft.base === null || draft.state !== 'open' ? (
          ''
        ) : (
          <Link
            key="compare"
            href={compareHref(draft.agent?.name ?? DEFAULTS_AGENT, { to: draft.id })}
            className="prose-link"
          >
            Compare with the version in force
          </Link>
        ),
        draft.submitted === null || draft.submitted.agent === null ? (
          ''
        ) : (
          <Link
            key="version"
            href={contractHref(draft.submitted.agent, { version: draft.submitted.number })}
            className="prose-link"
          >
            The version it became
          </Link>
        ),
      ]}
      actions={
        draft.mayWrite ? (
          <ReasonDialog
            trigger="Discard"
            title="Discard this draft"
            consequence="It leaves the list of open drafts and cannot be written on. Its text and its changes stay readable."
            confirm="Discard draft"
            action={discard}
            fields={<input type="hidden" name="id" value={draft.id} />}
          />
        ) : undefined
      }
    />
  );
}
