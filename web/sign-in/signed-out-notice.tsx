/** Why and when this device was signed out. */
import type { SignedOut } from '../../src/client/watch.ts';
import { useLanguage } from '../language/use-language.ts';
import { Instant } from '../ui/instant.tsx';
import { Notice } from '../ui/notice.tsx';

export function SignedOutNotice({ how: { reason, at } }: { how: SignedOut }) {
  const { translate } = useLanguage();
  return (
    <Notice tone={reason === 'SIGNED_OUT' ? 'done' : 'warning'} isNews={false}>
      <p>{reason === null ? translate('signedOut.unknown') : translate(`signedOut.${reason}`)}</p>
      {at && (
        <p className="quiet">
          <Instant at={at.toISOString()} say={(when) => translate('signedOut.at', { when })} />
        </p>
      )}
    </Notice>
  );
}
