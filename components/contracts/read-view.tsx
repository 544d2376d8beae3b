import { Digest } from '@/components/ui/digest';
import { readSheet } from '@/lib/contract/read-sheet';
import type { ContractDetail } from '@/lib/services/contracts/get-contract';
import { PersonName, Sentence } from './sentence';
import { signTitle } from './sign-title';

/** The contract on one page, to read in two minutes, sign and print. */
export function ReadView({ detail }: { detail: ContractDetail }) {
  const { contract, version, people } = detail;
  const sheet = readSheet(contract);
  return (
    <article className="max-w-[860px] min-w-0 print:max-w-none print:text-[9pt] print:leading-[1.3]">
      <style>{pageStyle(`${contract.identity.name} v${version.label}`, version.digest)}</style>
      <dl>
        {sheet.parts.map((part) => (
          <div
            key={part.id}
            className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-0.5 border-t border-line py-2.5 break-inside-avoid md:grid-cols-[190px_minmax(0,1fr)] print:grid-cols-[38mm_minmax(0,1fr)] print:py-1"
          >
            <dt className="font-semibold">{part.title}</dt>
            <dd className="max-w-[68ch] text-lg [overflow-wrap:anywhere] print:max-w-none print:text-[9pt] print:leading-[1.3]">
              {part.sentences.map((sentence, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: sentences never change places
                <span key={index}>
                  <Sentence parts={sentence} people={people} />{' '}
                </span>
              ))}
            </dd>
          </div>
        ))}
        <div className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-0.5 border-t border-line py-2.5 break-inside-avoid md:grid-cols-[190px_minmax(0,1fr)] print:grid-cols-[38mm_minmax(0,1fr)] print:py-1">
          <dt className="font-semibold">Who answers</dt>
          <dd>
            <ul className="grid gap-x-6 gap-y-0.5 sm:grid-cols-2 print:grid-cols-2">
              {sheet.answers.map(({ part, email }) => (
                <li key={part} className="min-w-0">
                  <span className="text-ink-2">{part}: </span>
                  <PersonName email={email} people={people} />
                </li>
              ))}
            </ul>
          </dd>
        </div>
      </dl>
      {sheet.signOff.length === 0 ? null : (
        <section aria-label="Signed off by" className="break-inside-avoid border-t border-line pt-2.5">
          <ul className="grid gap-x-8 sm:grid-cols-2 print:grid-cols-2">
            {sheet.signOff.map((role) => (
              <li key={role} className="pt-10 print:pt-8">
                <span className="block border-t border-ink pt-1 text-sm text-ink-2">
                  {signTitle(role)}: name, signature, date
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="mt-6 flex flex-wrap items-center gap-x-2 border-t border-line pt-2.5 text-sm text-ink-2 print:hidden">
        Written by rule from the clauses of v{version.label}. Its digest: <Digest value={version.digest} />
      </p>
    </article>
  );
}

/** Version, digest and page number at the foot of each printed page. */
function pageStyle(name: string, digest: string): string {
  return `@media print { @page {
    margin: 16mm 16mm 20mm;
    @bottom-left { content: "${cssText(name)}\\A sha256 ${digest}"; white-space: pre; font: 7pt sans-serif; color: #565860; }
    @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 7pt sans-serif; color: #565860; }
  } }`;
}

/** Any text as the inside of a CSS string: what is no letter, digit or space is written as its code point. */
function cssText(text: string): string {
  return [...text]
    .map((character) =>
      /[\p{L}\p{N} ]/u.test(character) ? character : `\\${(character.codePointAt(0) ?? 32).toString(16)} `,
    )
    .join('');
}
