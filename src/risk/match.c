#include "risk/match.h"

#include "risk/about.h"
#include "risk/advice.h"

static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80;
}

static struct ward_str next_word(struct ward_str *s)
{
	size_t i = 0, n;

	while (i < s->len && !in_word(s->p[i]))
		i++;
	for (n = i; n < s->len && in_word(s->p[n]); n++) {
	}
	struct ward_str w = ward_str_sub(*s, i, n - i);

	*s = ward_str_sub(*s, n, s->len);
	return w;
}

static bool has_word(struct ward_str s, struct ward_str word)
{
	for (struct ward_str w = next_word(&s); w.len; w = next_word(&s))
		if (ward_str_ieq(w, word))
			return true;
	return false;
}

static bool all_in(struct ward_str a, struct ward_str b)
{
	struct ward_str w = next_word(&a);

	if (!w.len)
		return false;
	for (; w.len; w = next_word(&a))
		if (!has_word(b, w))
			return false;
	return true;
}

bool ward_names_agree(struct ward_str a, struct ward_str b)
{
	return all_in(a, b) || all_in(b, a);
}

/* Part i of "cpe:/a:vendor:product:1.0" or "cpe:2.3:a:vendor:product:1.0:…": 0 vendor, 1 product, 2
 * version; empty when it is not there or any. */
static struct ward_str cpe_part(struct ward_str cpe, unsigned i)
{
	unsigned skip = ward_str_starts(cpe, WARD_STR("cpe:2.3:")) ? 3 : 2;
	struct ward_str part = WARD_STR("");

	if (!ward_str_starts(cpe, WARD_STR("cpe:")))
		return part;
	for (unsigned k = 0; k <= skip + i; k++) {
		if (!cpe.len)
			return WARD_STR("");
		part = ward_str_cut(&cpe, ':');
	}
	return ward_str_eqz(part, "*") || ward_str_eqz(part, "-") ? WARD_STR("") : part;
}

/* A purl without version and qualifiers. */
static struct ward_str purl_name(struct ward_str purl)
{
	size_t n = 0;

	while (n < purl.len && purl.p[n] != '@' && purl.p[n] != '?' && purl.p[n] != '#')
		n++;
	return ward_str_sub(purl, 0, n);
}

static struct ward_str purl_version(struct ward_str purl)
{
	struct ward_str rest = ward_str_sub(purl, purl_name(purl).len, purl.len);
	size_t n = 1;

	if (!rest.len || rest.p[0] != '@')
		return WARD_STR("");
	while (n < rest.len && rest.p[n] != '?' && rest.p[n] != '#')
		n++;
	return ward_str_sub(rest, 1, n - 1);
}

static bool same_cpe(struct ward_str a, struct ward_str b)
{
	struct ward_str vendor = cpe_part(a, 0), product = cpe_part(a, 1);

	return vendor.len && product.len && ward_str_ieq(vendor, cpe_part(b, 0)) &&
	       ward_str_ieq(product, cpe_part(b, 1));
}

static struct ward_str range_of(const struct ward_product *p)
{
	struct ward_str v = p->range;

	if (!v.len)
		v = cpe_part(p->cpe, 2);
	return v.len ? v : purl_version(p->purl);
}

static struct ward_str version_of(const struct ward_about *about)
{
	struct ward_str v = about->version;

	if (!v.len)
		v = cpe_part(about->cpe, 2);
	return v.len ? v : purl_version(about->purl);
}

static bool same_id(const struct ward_product *p, const struct ward_about *about)
{
	return (p->cpe.len && about->cpe.len && same_cpe(p->cpe, about->cpe)) ||
	       (p->purl.len && about->purl.len &&
		       ward_str_eq(purl_name(p->purl), purl_name(about->purl)));
}

/* By names; the words of a CPE's name stand between underlines. */
static bool same_names(
	const struct ward_product *p, const struct ward_node *d, enum ward_match *ret_by)
{
	struct ward_str vendor = p->vendor, name = p->name;

	if (!vendor.len || !name.len) {
		vendor = cpe_part(p->cpe, 0);
		name = cpe_part(p->cpe, 1);
	}
	if (!ward_names_agree(vendor, d->vendor) || !ward_names_agree(name, d->product))
		return false;
	*ret_by = all_in(name, d->product) && all_in(d->product, name) ? WARD_MATCH_NAME
								       : WARD_MATCH_WORDS;
	return true;
}

/* A name without a maker may hold both, "Vitalia M8": then it is only likely. */
static bool loose(const struct ward_product *p, const struct ward_node *d)
{
	return !p->vendor.len && p->name.len && d->vendor.len && d->product.len &&
	       all_in(d->product, p->name) && all_in(d->vendor, p->name);
}

enum ward_fit ward_product_fit(const struct ward_product *p, const struct ward_node *device,
	const struct ward_about *about, enum ward_match *ret_by)
{
	enum ward_fit fit = WARD_FIT_YES;

	*ret_by = WARD_MATCH_ID;
	if (p->asset.len)
		return ward_str_eq(p->asset, device->id) ? WARD_FIT_YES : WARD_FIT_NO;
	if (!same_id(p, about) && !same_names(p, device, ret_by)) {
		*ret_by = WARD_MATCH_WORDS;
		if (!loose(p, device))
			return WARD_FIT_NO;
		fit = WARD_FIT_MAYBE;
	}
	enum ward_fit in = ward_version_in(range_of(p), version_of(about));

	if (p->part.len && fit > WARD_FIT_MAYBE)
		fit = WARD_FIT_MAYBE;
	return in < fit ? in : fit;
}
