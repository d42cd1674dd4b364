/** Makes sure, before many devices are signed out at once. */
import { useLanguage } from '../language/use-language.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface EndAllDialogProps {
  /** All other devices, or this one too. */
  which: 'others' | 'all';
  /** How many others there are. */
  count: number;
  onConfirm(): void;
  onDismiss(): void;
}

export function EndAllDialog({ which, count, onConfirm, onDismiss }: EndAllDialogProps) {
  const { translate } = useLanguage();
  const title = which === 'others' ? 'dialog.othersTitle' : 'dialog.allTitle';
  const text = which === 'others' ? 'dialog.othersText' : 'dialog.allText';
  return (
    <Dialog title={translate(title)} onDismiss={onDismiss}>
      <p>{translate(text, { count })}</p>
      <div className="actions">
        <Button look="danger" onClick={onConfirm}>
          {translate(which === 'others' ? 'dialog.othersConfirm' : 'dialog.allConfirm', { count })}
        </Button>
        <Button look="quiet" data-first onClick={onDismiss}>
          {translate('dialog.cancel')}
        </Button>
      </div>
    </Dialog>
  );
}
