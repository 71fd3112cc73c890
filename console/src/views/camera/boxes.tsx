/* What the camera found, drawn where it was, and as a list that says the same. A box is no person: what it
 * is of, and when, and nothing of who. */
import type { JSX } from 'preact';
import { clockSeconds, moment } from '../../format';
import { named, t } from '../../i18n';
import { minute, useLive } from '../../state';

export interface Box { id: string; at: string; class: string; zone: string | null; line: string | null; box: [number, number, number, number] }

export const what = (class_: string): string => named('video', class_.replace(/^video\./, ''));

export function useBoxes(id: string): readonly Box[] | undefined {
	return useLive<{ boxes: Box[] }>(`/cameras/${encodeURIComponent(id)}/boxes`, (c) => c.kind === 'detection').data?.boxes;
}

/* The latest last, so that it lies on top; where many overlap, only the one that stands out is named. */
export function Boxes({ of, lit, w, h, unit }: { of: readonly Box[]; lit: string; w: number; h: number; unit: number }): JSX.Element {
	const named_ = of.find((b) => b.id === lit) ?? of[0];
	return (
		<g class="cam-boxes" aria-hidden="true">
			{[...of].reverse().map((b) => {
				const [x, y, r, d] = b.box;
				const on = b === named_;
				return (
					<g key={b.id} class={on ? 'lit' : ''}>
						<rect x={x * w} y={y * h} width={Math.max(0, r - x) * w} height={Math.max(0, d - y) * h} />
						{on && <text class="cam-name" x={x * w} y={y * h > 20 * unit ? y * h - 5 * unit : d * h + 15 * unit} font-size={13 * unit}>{what(b.class)} {clockSeconds(b.at)}</text>}
					</g>
				);
			})}
		</g>
	);
}

export function Found({ of, lit, light }: { of: readonly Box[]; lit: string; light: (id: string) => void }): JSX.Element {
	if (!of.length) return <p class="quiet">{t('bx.none')}</p>;
	return (
		<table class="board">
			<thead><tr><th scope="col">{t('ex.when')}</th><th scope="col">{t('ex.what')}</th><th scope="col">{t('bx.zone')}</th><th scope="col">{t('bx.place')}</th></tr></thead>
			<tbody>{of.map((b) => (
				<tr key={b.id}>
					<th scope="row" data-label={t('ex.when')}><time dateTime={b.at}>{moment(b.at, minute.value)}:{clockSeconds(b.at).slice(-2)}</time></th>
					<td data-label={t('ex.what')}><button type="button" class="cam-link" aria-pressed={b.id === lit} onClick={() => light(b.id)} onFocus={() => light(b.id)}>{what(b.class)}</button></td>
					<td data-label={t('bx.zone')}>{b.zone ?? b.line ?? ''}</td>
					<td data-label={t('bx.place')}>{t('bx.at', { x: `${Math.round((b.box[0] + b.box[2]) * 50)}`, y: `${Math.round((b.box[1] + b.box[3]) * 50)}` })}</td>
				</tr>
			))}</tbody>
		</table>
	);
}
