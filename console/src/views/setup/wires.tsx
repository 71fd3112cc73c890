/* Which interfaces of this machine Ward listens at. */
import type { JSX } from 'preact';
import { colon, named, t } from '../../i18n';
import { useLive } from '../../state';
import type { Named } from '../../types';
import { Failed } from '../parts';
import { useBook } from './book';
import { idOf } from './csv';
import { Field, Pick, useDraft } from './parts';
import type { StepProps, Wire } from './types';

const EMPTY = { name: '', class: 'network.it', cidr: '', network: '', purpose: '', legal_basis: '', retention: '30d', workers: '1' };
type Values = typeof EMPTY;

function About({ wire, setup, v, set }: { wire: Wire; setup: StepProps['setup']; v: Values; set: (v: Values) => void }): JSX.Element {
	const classes = (useLive<{ items: Named[] }>('/model/classes', () => false).data?.items ?? []).filter((c) => c.id.startsWith('network.'));
	const field = (k: 'name' | 'cidr' | 'workers' | 'purpose' | 'legal_basis' | 'retention', more: Partial<Parameters<typeof Field>[0]> = {}) =>
		<Field label={t(k === 'purpose' || k === 'legal_basis' || k === 'retention' ? `set.c_${k}` : `set.w_${k}`)} value={v[k]} set={(x) => set({ ...v, [k]: x })} {...more} />;
	return (
		<fieldset class="fields"><legend>{wire.name}</legend>
			{setup.networks.length > 0 && <Pick label={t('set.w_network')} none of={setup.networks} value={v.network} set={(network) => set({ ...v, network })} />}
			{!v.network && <div class="numbers">
				{field('name', { required: true })}
				<Pick label={t('set.w_class')} of={classes} value={v.class} set={(c) => set({ ...v, class: c })} />
				{field('cidr', { required: true, pattern: '[0-9a-fA-F:.\\/ ]*', hint: t('set.w_cidr_hint') })}
			</div>}
			{field('purpose', { required: true })}
			<div class="numbers">{field('legal_basis', { required: true })}{field('retention', { required: true, pattern: '[0-9]+(s|min|h|d)' })}
				{field('workers', { type: 'number', min: 1, max: 8, hint: t('set.w_workers_hint', { n: setup.processors }) })}</div>
		</fieldset>
	);
}

export function Wires({ setup, take }: StepProps): JSX.Element {
	const { book, problem, reload } = useBook('networks sources');
	const [chosen, choose] = useDraft<Record<string, Values>>('wire', {});
	const usable = setup.interfaces.filter((w) => !w.loopback);
	const names = Object.keys(chosen);
	if (problem) return <Failed problem={problem} retry={reload} />;
	const submit = (e: Event) => {
		e.preventDefault();
		if (!book) return;
		const next = book.copy();
		const taken = new Set([...book.rows('networks'), ...book.rows('sources')].map((r) => r.id!).concat([...setup.networks, ...setup.sources].map((x) => x.id)));
		for (const [iface, v] of Object.entries(chosen)) {
			const network = v.network || idOf(`net-${v.class.split('.').at(-1)}`, taken);
			taken.add(network);
			next.put('networks', v.network ? { id: network, iface } : { id: network, name: v.name, class: v.class, cidr: v.cidr, iface });
			const id = idOf(`mirror-${iface}`, taken);
			taken.add(id);
			next.put('sources', {
				id, name: t('set.mirror', { name: v.name || setup.networks.find((n) => n.id === network)?.name || network }), kind: 'net', where: `iface:${iface}`, watches: network,
				purpose: v.purpose, personal_data: 'true', legal_basis: v.legal_basis, retention: v.retention, workers: v.workers,
			});
		}
		take(t('set.wire_why', { names: names.join(', ') }), next.changed());
	};
	return (
		<form class="fields" onSubmit={submit}>
			<p>{t('set.wire_says')}</p>
			<table class="table">
				<thead><tr><th>{t('set.iface')}</th><th>{t('set.link')}</th><th>{t('set.per_second')}</th><th>{t('set.frames')}</th></tr></thead>
				<tbody>{usable.map((w) => {
					const source = setup.sources.find((s) => s.id === w.source);
					return (
						<tr key={w.name}>
							<th scope="row">{source ? w.name : <label class="check"><input type="checkbox" checked={w.name in chosen} onChange={(e) => {
								const { [w.name]: _, ...rest } = chosen;
								choose(e.currentTarget.checked ? { ...rest, [w.name]: EMPTY } : rest);
							}} />{w.name}</label>}<small>{w.mac}</small></th>
							<td>{t(w.link ? 'set.link_up' : w.up ? 'set.no_cable' : 'set.link_down')}{source && <><br /><span class="quiet">{source.name}{colon()}{named('src', source.state)}</span></>}</td>
							<td>{t('set.rate', { n: w.per_second })}</td><td>{t('set.count', { n: w.frames })}</td>
						</tr>
					);
				})}</tbody>
			</table>
			{!usable.length && <p class="warned">{t('set.no_iface')}</p>}
			{usable.filter((w) => chosen[w.name]).map((w) => <About key={w.name} wire={w} setup={setup} v={chosen[w.name]!} set={(v) => choose({ ...chosen, [w.name]: v })} />)}
			<p><button class="button primary" disabled={!book || !names.length}>{t('set.look_over')}</button></p>
		</form>
	);
}
