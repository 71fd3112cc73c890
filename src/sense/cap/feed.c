#include "sense/cap/feed.h"

#include "sense/cap/url.h"

#include <stdio.h>

static const char atom[] = "http://www.w3.org/2005/Atom", cap[] = "application/cap+xml";

/* Where an entry's warning lies: what is said to be one, else the first link to anything else than
 * the feed itself. */
static struct ward_str link_of(const struct ward_xmldoc *x, uint32_t entry)
{
	struct ward_str first = {NULL, 0};

	for (uint32_t e = ward_xmldoc_child(x, entry, "link"); e != WARD_NONE;
		e = ward_xmldoc_next(x, e, "link")) {
		struct ward_str href = ward_xmldoc_attr(x, e, "href"),
				rel = ward_xmldoc_attr(x, e, "rel");

		if (!href.len)
			href = ward_xmldoc_text(x, e, NULL); /* RSS */
		if (ward_str_eqz(ward_xmldoc_attr(x, e, "type"), cap))
			return href;
		if (!first.len && (!rel.len || ward_str_eqz(rel, "alternate")))
			first = href;
	}
	uint32_t enclosure = ward_xmldoc_child(x, entry, "enclosure");

	return enclosure != WARD_NONE && ward_str_eqz(ward_xmldoc_attr(x, enclosure, "type"), cap)
		       ? ward_xmldoc_attr(x, enclosure, "url")
		       : first;
}

static struct ward_id version_of(const struct ward_xmldoc *x, uint32_t entry, const char *path)
{
	static const char *const parts[] = {"id", "guid", "updated", "pubDate"};
	struct ward_idgen g;

	ward_idgen_init(&g, "cap feed");
	ward_idgen_str(&g, ward_str_z(path));
	for (size_t i = 0; i < WARD_ARRAY_LEN(parts); i++)
		ward_idgen_str(&g, ward_xmldoc_text(x, entry, parts[i]));
	return ward_idgen_final(&g);
}

static void take(const struct ward_xmldoc *x, uint32_t entry, const struct ward_cap_url *here,
	struct ward_feed *f)
{
	struct ward_str link = ward_str_trim(link_of(x, entry));
	struct ward_cap_url u = *here;
	const char *why;

	if (f->n == WARD_FEED_ENTRIES) {
		f->more++;
		return;
	}
	if (link.len && link.p[0] == '/' && !ward_str_starts(link, WARD_STR("//"))) {
		if (!ward_cap_url_path(link, &u)) {
			f->odd++;
			return;
		}
	} else if (ward_str_find(link, WARD_STR("://")) == SIZE_MAX) {
		f->odd++; /* none, or one that depends on where the feed itself lies */
		return;
	} else if (ward_cap_url_read(link, &u, &why) != WARD_OK ||
		   strcmp(u.host, here->host) != 0 || u.port != here->port) {
		f->elsewhere++;
		return;
	}
	struct ward_feed_entry *e = &f->at[f->n++];

	memcpy(e->path, u.path, sizeof(e->path));
	e->version = version_of(x, entry, e->path);
}

enum ward_err ward_feed_read(
	const struct ward_xmldoc *x, struct ward_str host, uint16_t port, struct ward_feed *ret)
{
	const struct ward_xmldoc_elem *top = &x->elem[0];
	struct ward_cap_url here = {.port = port};
	bool is_atom = ward_str_eqz(top->name, "feed") && ward_str_eqz(top->ns, atom);
	uint32_t list = is_atom ? 0 : ward_xmldoc_child(x, 0, "channel");
	const char *name = is_atom ? "entry" : "item";

	ret->n = ret->more = ret->elsewhere = ret->odd = 0;
	if ((!is_atom && !ward_str_eqz(top->name, "rss")) || list == WARD_NONE)
		return WARD_ERR_FOREIGN;
	(void)snprintf(here.host, sizeof(here.host), "%.*s", WARD_STR_ARG(host));
	for (uint32_t e = ward_xmldoc_child(x, list, name); e != WARD_NONE;
		e = ward_xmldoc_next(x, e, name))
		take(x, e, &here, ret);
	return WARD_OK;
}
