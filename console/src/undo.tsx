/* What was decided last can be undone for half a minute, in whichever view the person is by then. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { decide, Problem, refresh, type Decision } from './api';
import { t } from './i18n';

interface Offer { says: string; decisions: Decision[]; failed?: string }

const SHOWN_MS = 30_000;
const offer = signal<Offer | null>(null);
let timer = 0;

function show(o: Offer | null): void {
	clearTimeout(timer);
	offer.value = o;
	if (o) timer = window.setTimeout(() => { offer.value = null; }, SHOWN_MS);
}

export function offerUndo(says: string, decisions: Decision[]): void {
	show(decisions.length ? { says, decisions } : null);
}

async function undo(o: Offer): Promise<void> {
	show(null);
	const left = [...o.decisions];
	try {
		for (; left.length; left.shift()) await decide(left[0]!);
	} catch (e) {
		if (!(e instanceof Problem)) throw e;
		show({ ...o, decisions: left, failed: e.detail || e.title || t('undo.unreached') });
	}
	refresh();
}

export function Undo(): JSX.Element {
	const o = offer.value;
	return (
		<div class="undo no-print" role="status">
			{o && (
				<p>
					<span>{o.failed ?? o.says}</span>
					<button type="button" class="button" onClick={() => void undo(o)}>{t('undo.undo')}</button>
					<button type="button" class="button" onClick={() => show(null)}>{t('undo.leave')}</button>
				</p>
			)}
		</div>
	);
}
