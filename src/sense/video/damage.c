#include "sense/video/damage.h"

enum { KEYS_KNOWN = 4 }; /* some come from before only they were decoded */

static const ward_ns gap_max = WARD_NS_PER_S;
static const ward_ns damaged_after = 10 * WARD_NS_PER_S, damaged_max = 60 * WARD_NS_PER_S;
/* Pictures for as long, none of them later than that after the one before. A single one may come of
 * noise. */
static const ward_ns well_after = 5 * WARD_NS_PER_S, well_gap = 2 * WARD_NS_PER_S;

void ward_damage_stream(struct ward_damage *d)
{
	*d = (struct ward_damage){.damaged = d->damaged};
}

void ward_damage_begin(struct ward_damage *d)
{
	d->age = 0;
	d->n_picture = 0;
	d->runs = false;
}

/* For how long packets without a picture are nothing special. Key pictures may be far apart, and
 * until it is known how far, as far as cameras go. So long waits, too, who came into the midst of a
 * stream: of what hangs on a key picture that was before nothing comes, but nothing fails. */
static ward_ns patience(const struct ward_damage *d, const struct ward_damage_decoder *of)
{
	ward_ns wait = 3 * d->apart;

	if (!of->keyed)
		return d->damaged || d->seen_any || of->n_failed ? damaged_after : damaged_max;
	if (d->n_key < KEYS_KNOWN || wait > damaged_max)
		return damaged_max;
	return wait > damaged_after ? wait : damaged_after;
}

/* Noise may have changed what the decoder knows of the stream; it is not made anew more often, as
 * it then has no picture before the next key picture. */
static enum ward_damage_news picture(struct ward_damage *d, const struct ward_damage_decoder *of)
{
	ward_ns wait = patience(d, of);

	if (!d->damaged) {
		d->n_key = !of->keyed ? 0 : d->n_key < KEYS_KNOWN ? d->n_key + 1 : KEYS_KNOWN;
		d->apart = d->n_key < 2 ? 0 : d->bare > d->apart ? d->bare : d->apart;
		return WARD_DAMAGE_SAME;
	}
	if (!d->runs || d->bare > (of->keyed ? wait : well_gap)) {
		d->runs = true;
		d->well = 0;
		return of->n_failed && d->age >= wait * 3 / 2 ? WARD_DAMAGE_ANEW : WARD_DAMAGE_SAME;
	}
	d->well += d->bare;
	if (d->well < well_after)
		return WARD_DAMAGE_SAME;
	d->damaged = d->runs = false;
	return WARD_DAMAGE_OFF;
}

enum ward_damage_news ward_damage_packet(
	struct ward_damage *d, ward_ns seen, const struct ward_damage_decoder *of)
{
	enum ward_damage_news news = WARD_DAMAGE_SAME;
	ward_ns gap;

	if (!d->begun || !ward_sub(seen, d->seen, &gap) || gap < 0)
		gap = 0;
	gap = gap < gap_max ? gap : gap_max;
	if (of->n_picture > d->n_picture) {
		d->n_picture = of->n_picture;
		d->seen_any = true;
		news = picture(d, of);
		d->bare = 0;
	}
	if (of->keyed != d->keyed) /* what comes from now on is another thing */
		d->bare = 0;
	d->begun = true;
	d->keyed = of->keyed;
	d->seen = seen;
	d->bare += gap;
	d->age += gap;
	if (news == WARD_DAMAGE_SAME && d->bare >= patience(d, of) && ward_damage_useless(d))
		news = WARD_DAMAGE_ON;
	return news;
}

bool ward_damage_useless(struct ward_damage *d)
{
	bool news = !d->damaged;

	d->damaged = true;
	return news;
}
