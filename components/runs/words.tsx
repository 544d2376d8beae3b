import { Fragment } from 'react';
import type { Piece } from '@/lib/response/timeline-words';
import { ClauseLink, type ClauseSource } from './links';

/** A sentence of the record: people set apart, clauses leading to where they stand. */
export function Words({ words, of }: { words: readonly Piece[]; of: ClauseSource }) {
  return words.map((piece, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a sentence never change places
    <Fragment key={index}>
      {typeof piece === 'string' ? (
        piece
      ) : 'person' in piece ? (
        <strong className="font-semibold">{piece.person}</strong>
      ) : 'clause' in piece ? (
        <ClauseLink clause={piece.clause} of={of} />
      ) : 'code' in piece ? (
        <span className="code">{piece.code}</span>
      ) : (
        <span className="text-ink-2">“{piece.said}”</span>
      )}
    </Fragment>
  ));
}
