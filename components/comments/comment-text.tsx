import { splitComment } from '@/lib/comment-text';

/** What somebody wrote: plain text with its line breaks, web addresses as links, names after an @ set apart. */
export function CommentText({ body, mentions }: { body: string; mentions: readonly string[] }) {
  return (
    <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">
      {splitComment(body, mentions).map((piece, index) =>
        piece.kind === 'link' ? (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places
            key={index}
            href={piece.href}
            target="_blank"
            rel="noreferrer nofollow"
            className="prose-link"
          >
            {piece.text}
          </a>
        ) : piece.kind === 'mention' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never change places
          <b key={index} className="font-medium text-accent">
            {piece.text}
          </b>
        ) : (
          piece.text
        ),
      )}
    </p>
  );
}
