import type { ReactNode } from 'react';
import { buttonClass } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Digest } from '@/components/ui/digest';
import { RelativeTime } from '@/components/ui/relative-time';
import { FactRows, Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import { formatCount, plural } from '@/lib/format';
import type { ChainState } from '@/lib/services/audit/get-chain';
import type { InstanceKeyRow } from '@/lib/services/instance-keys/list-keys';
import { RotateKey } from './rotate-key';

/** An entry waits half a second at most while a runtime plane runs. */
const LATE_MS = 60_000;

/** How far the log is sealed, and with which key one verifies that. */
export function ChainPanel({
  chain,
  keys,
  now,
  mayRotate,
}: {
  chain: ChainState;
  keys: readonly InstanceKeyRow[];
  now: number;
  mayRotate: boolean;
}) {
  const [key, ...retired] = keys;
  const late = chain.waitingSince !== null && now - Date.parse(chain.waitingSince) > LATE_MS;
  return (
    <div className="mb-5 grid items-start gap-4 lg:grid-cols-2">
      <Sheet
        title="Chain"
        label={
          late ? (
            <Tag tone="medium">Sealing is behind</Tag>
          ) : chain.sealed > 0 ? (
            'sealed'
          ) : (
            'nothing to seal yet'
          )
        }
      >
        <FactRows
          rows={[
            { name: 'Sealed', value: plural(chain.sealed, 'entry', 'entries') },
            {
              name: 'Waiting to be sealed',
              value:
                chain.waitingSince === null ? (
                  'none'
                ) : (
                  <>
                    {formatCount(chain.waiting)}, since <RelativeTime at={chain.waitingSince} />
                  </>
                ),
            },
            {
              name: 'Last signed checkpoint',
              value:
                chain.checkpoint === null ? (
                  'none yet'
                ) : (
                  <>
                    entry {formatCount(chain.checkpoint.seq)}, <RelativeTime at={chain.checkpoint.at} />
                  </>
                ),
            },
            {
              name: 'Hash of the last',
              value: chain.head === null ? '–' : <Digest value={chain.head} what="hash" />,
            },
          ]}
        />
        <SheetFoot>
          {late
            ? 'Entries are kept, but no runtime plane has put them into the chain. Start one, or read its log.'
            : 'Each entry is hashed with the one before it. The instance signs where the chain stands every 1,000 entries, every day and with every export.'}
        </SheetFoot>
      </Sheet>
      <Sheet title="Instance key" label="Ed25519">
        {key === undefined ? (
          <SheetBody>
            <p className="text-sm text-ink-2">
              There is none yet. The first signature or runtime plane makes it.
            </p>
          </SheetBody>
        ) : (
          <>
            <SheetBody>
              <p className="text-xs text-ink-2">SHA-256 of the public key</p>
              <p className="mt-0.5 flex items-start gap-1">
                <Fingerprint value={key.id} />
                <CopyButton value={key.id} what="fingerprint" />
              </p>
              <p className="mt-2 text-sm text-ink-2">
                First used <RelativeTime at={key.createdAt} />
                {retired.length === 0
                  ? ''
                  : `; ${plural(retired.length, 'older key')} kept, so that what ${retired.length === 1 ? 'it' : 'they'} signed stays valid`}
                .
              </p>
              <div className="mt-3 flex flex-wrap gap-2">
                <a href={`/api/audit/key?id=${key.id}`} download className={buttonClass('default', 'small')}>
                  Download public key
                </a>
                {mayRotate ? <RotateKey id={key.id} /> : null}
              </div>
            </SheetBody>
            <SheetFoot>
              <HowToVerify />
            </SheetFoot>
          </>
        )}
      </Sheet>
    </div>
  );
}

/** 64 digits in groups of eight, to compare by eye. */
function Fingerprint({ value }: { value: string }): ReactNode {
  return (
    <span className="code flex flex-wrap gap-x-2 text-sm">
      {(value.match(/.{1,8}/g) ?? []).map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups of one text never move
        <span key={index}>{group}</span>
      ))}
    </span>
  );
}

const COMMAND = 'npx countersign verify record.jsonl --key countersign-instance.pem';

function HowToVerify() {
  return (
    <>
      <p>
        Export the record and verify it offline, on any machine with a checkout of Countersign. Editing,
        adding or deleting any row is found and its line named.
      </p>
      <p className="mt-1.5 flex items-start gap-1">
        <code className="code [overflow-wrap:anywhere] text-ink">{COMMAND}</code>
        <CopyButton value={COMMAND} what="command" />
      </p>
    </>
  );
}
