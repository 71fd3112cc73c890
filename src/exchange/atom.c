/* RFC 4287: 4.1.1 (feed), 4.1.2 (entry). */
#include "exchange/atom.h"

enum { LINK_BYTES = 512 };

static void put_time(struct ward_xml *x, const char *name, ward_ns t)
{
	char text[64];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_time_write(&w, t - t % WARD_NS_PER_S);
	ward_xml_elem(x, name, ward_wr_text(&w));
}

static void put_urn(struct ward_xml *x, const char *name, struct ward_id id)
{
	char text[WARD_ID_TEXT + 16];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_z(&w, "urn:uuid:");
	ward_id_write(&w, id);
	ward_xml_elem(x, name, ward_wr_text(&w));
}

/* id NULL: to the feed itself */
static void put_link(struct ward_xml *x, const struct ward_atom_reader *r, const struct ward_id *id)
{
	char text[LINK_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_str(&w, ward_str_sub(r->base, 0, LINK_BYTES / 2));
	ward_wr_z(&w, WARD_ATOM_PATH);
	if (id)
		ward_id_write(&w, *id);
	ward_xml_begin(x, "link");
	ward_xml_attr(x, "href", ward_wr_text(&w));
	ward_xml_attr_z(x, "rel", id ? "alternate" : "self");
	ward_xml_attr_z(x, "type", id ? "application/cap+xml" : "application/atom+xml");
	ward_xml_end(x);
}

static void put_feed(const struct ward_atom_reader *r, struct ward_wr *w)
{
	struct ward_xml x = ward_xml_on(w);
	size_t n;
	const struct ward_offer_alert *a = ward_offer_alerts(r->offer, &n);
	ward_ns updated = n ? a[0].sent : r->since;

	for (size_t i = 1; i < n; i++)
		updated = a[i].sent > updated ? a[i].sent : updated;
	ward_xml_begin(&x, "feed");
	ward_xml_attr_z(&x, "xmlns", "http://www.w3.org/2005/Atom");
	put_urn(&x, "id", r->feed);
	ward_xml_elem(&x, "title", r->title);
	put_time(&x, "updated", updated);
	ward_xml_begin(&x, "author");
	ward_xml_elem(&x, "name", r->hospital);
	ward_xml_end(&x);
	put_link(&x, r, NULL);
	for (size_t i = 0; i < n; i++) {
		ward_xml_begin(&x, "entry");
		put_urn(&x, "id", a[i].message);
		ward_xml_elem(&x, "title", a[i].title);
		put_time(&x, "updated", a[i].sent);
		put_link(&x, r, &a[i].message);
		ward_xml_end(&x);
	}
	ward_xml_end(&x);
	ward_wr_ch(w, '\n');
}

bool ward_atom_is(struct ward_str target)
{
	return ward_str_starts(target, WARD_STR(WARD_ATOM_PATH)) || ward_str_eqz(target, "/cap");
}

enum ward_err ward_atom_answer(const struct ward_atom_reader *r, struct ward_str target,
	const char **ret_type, struct ward_wr *body)
{
	struct ward_str rest = target, path = ward_str_cut(&rest, '?');
	struct ward_str name = ward_str_sub(path, strlen(WARD_ATOM_PATH), SIZE_MAX);
	size_t n;
	const struct ward_offer_alert *a = ward_offer_alerts(r->offer, &n);
	struct ward_id id;

	if (!name.len) {
		*ret_type = "application/atom+xml";
		put_feed(r, body);
		return ward_wr_bad(body) ? WARD_ERR_NOMEM : WARD_OK;
	}
	if (!ward_id_parse(name, &id))
		return WARD_ERR_NOT_FOUND;
	for (size_t i = 0; i < n; i++)
		if (ward_id_eq(a[i].message, id)) {
			*ret_type = "application/cap+xml";
			ward_wr_str(body, a[i].xml);
			return ward_wr_bad(body) ? WARD_ERR_NOMEM : WARD_OK;
		}
	return WARD_ERR_NOT_FOUND;
}
