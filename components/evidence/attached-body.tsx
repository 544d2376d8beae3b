import { buttonClass } from '@/components/ui/button';
import { SheetBody } from '@/components/ui/sheet';
import type { EvidenceDetail } from '@/lib/services/evidence/get-evidence';
import { textAt } from './figures';

/** A file to save, a link with the host it leads to, or a note. */
export function AttachedBody({ evidence }: { evidence: EvidenceDetail }) {
  const { id, file, url, detail } = evidence;
  const note = textAt(detail, 'note');
  return (
    <SheetBody className="grid gap-3 border-b border-line">
      {note === '' ? null : <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{note}</p>}
      {url === null ? null : (
        <p className="[overflow-wrap:anywhere]">
          <a href={url} target="_blank" rel="noreferrer noopener nofollow" className="prose-link">
            {url}
          </a>
          <span className="block text-sm text-ink-2">
            Leads to {URL.canParse(url) ? new URL(url).host : 'another site'}. What stands there can change;
            the digest is of the address.
          </span>
        </p>
      )}
      {file === null ? null : (
        <p>
          <a
            href={`/api/evidence/${id}/file`}
            download={file.name}
            className={buttonClass('default', 'small')}
          >
            Download<span className="sr-only"> {file.name}</span>
          </a>
        </p>
      )}
    </SheetBody>
  );
}
