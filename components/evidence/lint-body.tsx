import Link from 'next/link';
import { z } from 'zod';
import { SheetBody } from '@/components/ui/sheet';
import { Tag, type Tone } from '@/components/ui/tag';
import { Figures } from './figures';

const lintDetailSchema = z.object({
  findings: z.array(
    z.object({
      level: z.enum(['error', 'warning', 'note']),
      rule: z.string(),
      clause: z.string(),
      message: z.string(),
      why: z.string(),
    }),
  ),
});

const TONES: Readonly<Record<'error' | 'warning' | 'note', Tone>> = {
  error: 'critical',
  warning: 'medium',
  note: 'plain',
};

/** What lint found, each with its clause. */
export function LintBody({ detail, href }: { detail: unknown; href: (clause: string) => string }) {
  const read = lintDetailSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { findings } = read.data;
  if (findings.length === 0)
    return <SheetBody className="border-b border-line text-sm text-ink-2">No finding at all.</SheetBody>;
  return (
    <ul className="border-b border-line text-sm">
      {findings.map((finding) => (
        <li
          key={`${finding.rule} ${finding.clause} ${finding.message}`}
          className="grid gap-1 border-b border-line px-3.5 py-2.5 last:border-b-0"
        >
          <p className="flex flex-wrap items-baseline gap-2">
            <Tag tone={TONES[finding.level]}>{finding.level}</Tag>
            <Link href={href(finding.clause)} className="code prose-link min-w-0 break-all">
              {finding.clause}
            </Link>
          </p>
          <p>{finding.message}</p>
          <p className="text-ink-2">{finding.why}</p>
        </li>
      ))}
    </ul>
  );
}
