import type { Metadata } from 'next';
import type { SearchParams } from 'nuqs/server';
import { Board } from '@/components/gates/board';
import { BoardFilters } from '@/components/gates/board-filters';
import { boardQuery, loadBoardSearch } from '@/components/gates/board-search';
import { ReviewFrame } from '@/components/gates/review-frame';
import { OpenReviews } from '@/components/gates/review-table';
import { LiveRefresh } from '@/components/shell/live-refresh';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Sheet } from '@/components/ui/sheet';
import { requireSession } from '@/lib/auth/session';
import { plural } from '@/lib/format';
import type { BoardDetail } from '@/lib/services/gates/dto';
import { getBoard } from '@/lib/services/gates/get-board';

interface Props {
  searchParams: Promise<SearchParams>;
}

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  return { title: (await loadBoardSearch(searchParams)).mine ? 'Waiting for me' : 'Review' };
}

export default async function ReviewPage({ searchParams }: Props) {
  const [{ actor }, search] = await Promise.all([requireSession(), loadBoardSearch(searchParams)]);
  const board = await getBoard(actor);
  const all = board.stages.flatMap((stage) => stage.agents);
  const mine = board.open.filter((review) => review.wants !== null).length;
  const shown = narrow(board, search);
  const agents = shown.stages.reduce((sum, stage) => sum + stage.agents.length, 0);
  const units = [...new Set(all.flatMap((row) => row.agent.businessUnit ?? []))].sort();
  return (
    <ReviewFrame
      place={search.mine ? 'mine' : 'board'}
      title={
        search.mine
          ? mine === 0
            ? 'Nothing waits for you'
            : `${plural(mine, 'review')} ${mine === 1 ? 'waits' : 'wait'} for you`
          : 'Review'
      }
      facts={[
        plural(all.length, 'agent'),
        `${plural(board.open.length, 'review')} open`,
        search.mine || mine === 0 ? null : `${mine} ${mine === 1 ? 'waits' : 'wait'} for you`,
      ]}
    >
      <LiveRefresh topics={['gate', 'agent', 'evidence', 'contract']} />
      {all.length === 0 ? (
        <Sheet>
          <EmptyState
            title="No agent to walk through the gates yet"
            action={
              <ButtonLink href="/contracts/new" variant="primary">
                Write a contract
              </ButtonLink>
            }
          >
            An agent begins in Discovery, with its first contract or its first run. From there six gates lead
            it to Production: each is a question that named people answer by signing.
          </EmptyState>
        </Sheet>
      ) : (
        <>
          <BoardFilters units={units} />
          <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
            {agents === 0 ? (
              <Sheet>
                <EmptyState
                  title={search.mine ? 'No gate asks for you' : 'No agent fits'}
                  action={
                    <ButtonLink href={`/review${boardQuery({ unit: null, mine: null })}`}>
                      Show all agents
                    </ButtonLink>
                  }
                >
                  {search.mine
                    ? 'You are told here, in your inbox and by mail when a gate asks for your signature, or for evidence from you.'
                    : `None of the ${plural(all.length, 'agent')} is of ${search.unit}.`}
                </EmptyState>
              </Sheet>
            ) : (
              <Board stages={shown.stages} />
            )}
            {shown.open.length === 0 ? null : (
              <Sheet title="Open reviews" label="oldest first">
                <OpenReviews rows={shown.open} />
              </Sheet>
            )}
          </div>
        </>
      )}
    </ReviewFrame>
  );
}

/** What the filters leave of the board. */
function narrow(
  board: BoardDetail,
  { unit, mine }: { unit: string; mine: boolean },
): Pick<BoardDetail, 'stages' | 'open'> {
  const ofUnit = (agent: { businessUnit: string | null }) => unit === '' || agent.businessUnit === unit;
  const own = new Set(board.open.flatMap((review) => (review.wants === null ? [] : review.agent.id)));
  return {
    stages: board.stages.map((stage) => ({
      ...stage,
      agents: stage.agents.filter(({ agent }) => ofUnit(agent) && (!mine || own.has(agent.id))),
    })),
    open: board.open.filter((review) => ofUnit(review.agent) && (!mine || review.wants !== null)),
  };
}
