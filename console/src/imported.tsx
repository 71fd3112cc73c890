/* What another product's file would add and change, thing by thing, and what of it was left out. Ticks say what is taken over. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { colon, t } from './i18n';
import { useLive } from './state';
import type { Named } from './types';

export interface ImportItem {
	what: 'added' | 'changed' | 'conflict' | 'held' | 'gone'; key: string; may: boolean; approved: boolean; by_hand?: boolean;
	id?: string; relation?: string; ref?: string; class?: string; name?: string; cell?: string; old?: string; new?: string; why?: string; line?: number;
}
export interface Imported {
	items: ImportItem[]; source: string; same: number; relations_lost: number; passed_over: { what: string; n: number }[];
}
/* What is asked of a file; without accept: what is new and what differs. */
export interface ImportAsk { name: string; text: string; format: string; source: string; in?: string; accept?: readonly string[] }

const KINDS = ['conflict', 'held', 'added', 'changed', 'gone'] as const;
const SHOWN = 200;

export const approvedOf = (i: Imported): ReadonlySet<string> => new Set(i.items.filter((x) => x.approved).map((x) => x.key));
export const sameTicks = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && [...a].every((k) => b.has(k));

interface Ticks { ticked: ReadonlySet<string>; set: (s: ReadonlySet<string>) => void }

function Item({ item: i, classes, ticked, set }: { item: ImportItem; classes: ReadonlyMap<string, string> } & Ticks): JSX.Element {
	const toggle = (on: boolean) => {
		const next = new Set(ticked);
		if (on) next.add(i.key); else next.delete(i.key);
		set(next);
	};
	return (
		<li>
			<label>
				<input type="checkbox" checked={ticked.has(i.key)} disabled={!i.may} onChange={(e) => toggle(e.currentTarget.checked)} />
				<span>
					<b>{i.relation ?? (i.cell ? i.id : i.name || i.id || i.ref)}</b>
					{i.cell ? <> {i.cell}{colon()}<del>{i.old || t('im.nothing_old')}</del> → <ins>{i.new}</ins></>
						: i.class && <> {classes.get(i.class) ?? i.class}</>}
					<small class="quiet">{[!i.cell && !i.relation && i.id !== i.name && i.id, i.line && t('cf.line', { n: i.line })].filter(Boolean).join(' · ')}</small>
					{(i.why || i.by_hand) && <small>{i.why || t('im.by_hand')}</small>}
				</span>
			</label>
		</li>
	);
}

function Group({ what, items, ...more }: { what: (typeof KINDS)[number]; items: readonly ImportItem[]; classes: ReadonlyMap<string, string> } & Ticks): JSX.Element | null {
	const [shown, show] = useState(SHOWN);
	const may = items.filter((i) => i.may);
	const n = may.filter((i) => more.ticked.has(i.key)).length;
	const all = (on: boolean) => {
		const next = new Set(more.ticked);
		for (const i of may) if (on) next.add(i.key); else next.delete(i.key);
		more.set(next);
	};
	if (!items.length) return null;
	return (
		<details class="diff" open={items.length <= 20 || what === 'conflict'}>
			<summary><b>{t(`im.${what}`, { n: items.length })}</b> {may.length > 0 && <span class="quiet">{t('im.ticked', { n })}</span>}</summary>
			<div class="ticks">
				{what === 'gone' && <p class="quiet">{t('im.gone_says')}</p>}
				{may.length > 1 && <label><input type="checkbox" checked={n === may.length} ref={(e) => { if (e) e.indeterminate = n > 0 && n < may.length; }} onChange={(e) => all(e.currentTarget.checked)} /><span>{t('im.all')}</span></label>}
				<ul>{items.slice(0, shown).map((i, at) => <Item key={`${i.key} ${at}`} item={i} {...more} />)}</ul>
				{items.length > shown && <button type="button" class="button" onClick={() => show(shown + SHOWN)}>{t('im.more', { n: items.length - shown })}</button>}
			</div>
		</details>
	);
}

export function Items({ of, ...ticks }: { of: Imported } & Ticks): JSX.Element {
	const classes = useLive<{ items: Named[] }>('/model/classes', () => false).data?.items ?? [];
	const names = new Map(classes.map((c) => [c.id, c.name]));
	return (
		<section class="imported" aria-label={of.source}>
			{!of.items.length && <p>{t('im.nothing')}</p>}
			{KINDS.map((k) => <Group key={k} what={k} items={of.items.filter((i) => i.what === k)} classes={names} {...ticks} />)}
			<p class="quiet">
				{of.same > 0 && <>{t('im.same', { n: of.same })} </>}
				{of.relations_lost > 0 && <>{t('im.lost', { n: of.relations_lost })} </>}
				{of.passed_over.length > 0 && t('im.passed', { what: of.passed_over.map((p) => `${p.what} ${p.n}`).join(', ') })}
			</p>
		</section>
	);
}
