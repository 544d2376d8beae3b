import { AppError } from '@/lib/errors';

/**
 * The name a file was sent under (`x-file-name`, percent-encoded as by encodeURIComponent); null without one. Throws
 * `unsupported_media` for a form: the body is the file itself.
 */
export function fileNameOf(request: Request): string | null {
  if ((request.headers.get('content-type') ?? '').toLowerCase().startsWith('multipart/'))
    throw new AppError(
      'unsupported_media',
      'Send the file itself as the body, not a form: curl --data-binary @results.json.',
    );
  const header = request.headers.get('x-file-name');
  if (header === null) return null;
  try {
    return decodeURIComponent(header);
  } catch {
    throw new AppError('invalid', 'The header x-file-name is not percent-encoded UTF-8.');
  }
}
