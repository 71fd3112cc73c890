/* From a camera in the inventory to its picture, where one is read. */
import type { JSX } from 'preact';
import { t } from '../../i18n';
import { useLive } from '../../state';

export function ToCamera({ id }: { id: string }): JSX.Element | null {
	const { data } = useLive<{ items: { asset: string }[] }>('/cameras', () => false);
	return data?.items.some((c) => c.asset === id) ? <p><a href={`/camera/${encodeURIComponent(id)}`}>{t('st.zones')}</a></p> : null;
}
