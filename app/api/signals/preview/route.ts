import { answerJson } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { bytesOf } from '@/lib/read-bytes';
import { signalMappingSchema } from '@/lib/scoring/signal-mapping';
import { PREVIEW_BYTES, previewImport } from '@/lib/services/signals/import-signals';

/** How the beginning of a CSV file (the body) would be read as signals: `?mapping=…` (JSON), else as its columns propose. */
export async function POST(request: Request): Promise<Response> {
  return answerJson(async (actor) => {
    const asked = new URL(request.url).searchParams.get('mapping');
    const bytes = await bytesOf(request, PREVIEW_BYTES, 'A preview takes the first 256 KiB.');
    return previewImport(actor, bytes, asked === null ? undefined : readMapping(asked));
  });
}

function readMapping(text: string) {
  try {
    return signalMappingSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('invalid', 'The mapping is not usable: choose a column for the value.', { cause });
  }
}
