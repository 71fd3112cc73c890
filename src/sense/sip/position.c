#include "sense/sip/position.h"

#include "base/degrees.h"
#include "xml/doc.h"

enum { DECIMALS = 6, NUMBER = 32 };

static const char geopriv[] = "urn:ietf:params:xml:ns:pidf:geopriv10",
		  gml[] = "http://www.opengis.net/gml",
		  shapes[] = "http://www.opengis.net/pidflo/1.0"; /* RFC 5491 5 */
static const char *const civic[] = {"urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr",
	"urn:ietf:params:xml:ns:pidf:geopriv10:civicLoc"};

/* The first beneath `at` of that name and name space. */
static uint32_t find(const struct ward_xmldoc *x, uint32_t at, const char *name, const char *ns)
{
	uint32_t e = at == WARD_NONE ? WARD_NONE : x->elem[at].child;

	while (e != WARD_NONE) {
		if (ward_str_eqz(x->elem[e].name, name) && ward_str_eqz(x->elem[e].ns, ns))
			return e;
		uint32_t next = x->elem[e].child;

		while (next == WARD_NONE && e != at) { /* up again, no further than `at` */
			next = x->elem[e].next;
			e = x->elem[e].parent;
		}
		e = next;
	}
	return WARD_NONE;
}

/* Decimals beyond the sixth, a tenth of a metre, are left out. */
static bool degrees(struct ward_str s, int64_t most, int64_t *ret)
{
	struct ward_str rest = s;
	size_t whole = ward_str_cut(&rest, '.').len;

	if (rest.p && rest.len > DECIMALS)
		for (size_t i = DECIMALS; i < rest.len; i++)
			if (rest.p[i] < '0' || rest.p[i] > '9')
				return false;
	return ward_degrees_parse(ward_str_sub(s, 0, whole + 1 + DECIMALS), most, ret);
}

/* The words of a text, parted by blanks of any kind. */
static struct ward_str word(struct ward_str *rest)
{
	size_t end = 0;

	*rest = ward_str_trim(*rest);
	while (end < rest->len && !strchr(" \t\r\n", rest->p[end]))
		end++;
	struct ward_str w = ward_str_sub(*rest, 0, end);

	*rest = ward_str_sub(*rest, end, rest->len);
	return w;
}

/* RFC 5491 5.2: latitude first; the systems are 4326 and, with a height, 4979. */
static bool take_point(const struct ward_xmldoc *x, uint32_t shape, struct ward_sip_position *p)
{
	struct ward_str srs = ward_xmldoc_attr(x, shape, "srsName");
	uint32_t pos = ward_xmldoc_child(x, shape, "pos");
	struct ward_str rest = ward_xmldoc_text(x, pos, NULL);
	int64_t lat, lon;

	if (pos == WARD_NONE || (srs.len && !ward_str_ends(srs, WARD_STR(":4326")) &&
					!ward_str_ends(srs, WARD_STR(":4979"))))
		return false;
	struct ward_str first = word(&rest), second = word(&rest);

	if (!degrees(first, 90000000, &lat) || !degrees(second, 180000000, &lon))
		return false;
	p->geo = true;
	p->lat = lat;
	p->lon = lon;
	return true;
}

/* Whole metres, upwards; of another unit nothing is said. */
static uint32_t metres(const struct ward_xmldoc *x, uint32_t e)
{
	struct ward_str uom = ward_xmldoc_attr(x, e, "uom"), rest, whole;
	uint64_t n = 0;

	if (e == WARD_NONE || (uom.len && !ward_str_ends(uom, WARD_STR(":9001"))))
		return 0;
	rest = ward_xmldoc_text(x, e, NULL);
	whole = ward_str_cut(&rest, '.');
	if (!ward_str_u64(whole, &n) || n >= WARD_GEO_METRES)
		return 0;
	return (uint32_t)n + (rest.p ? 1 : 0);
}

static void take_geo(const struct ward_xmldoc *x, uint32_t at, struct ward_sip_position *p)
{
	static const struct {
		const char *name, *ns, *radius;
	} known[] = {{"Point", gml, NULL}, {"Circle", shapes, "radius"},
		{"Sphere", shapes, "radius"}, {"Ellipse", shapes, "semiMajorAxis"},
		{"Ellipsoid", shapes, "semiMajorAxis"}, {"ArcBand", shapes, "outerRadius"}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known) && !p->geo; i++) {
		uint32_t shape = find(x, at, known[i].name, known[i].ns);

		if (shape != WARD_NONE && take_point(x, shape, p) && known[i].radius)
			p->metres = metres(x, ward_xmldoc_child(x, shape, known[i].radius));
	}
}

static struct ward_str part(const struct ward_xmldoc *x, uint32_t address, const char *name)
{
	struct ward_str s = ward_xmldoc_text(x, address, name);

	return s.len <= WARD_SIP_CIVIC ? s : WARD_STR("");
}

static void take_civic(const struct ward_xmldoc *x, uint32_t at, struct ward_sip_position *p)
{
	uint32_t a = WARD_NONE;

	for (size_t i = 0; i < WARD_ARRAY_LEN(civic) && a == WARD_NONE; i++)
		a = find(x, at, "civicAddress", civic[i]);
	if (a == WARD_NONE)
		return;
	p->building = part(x, a, "BLD");
	p->floor = part(x, a, "FLR");
	p->room = part(x, a, "ROOM");
	p->spot = part(x, a, "LOC");
}

enum ward_err ward_sip_position_read(struct ward_slice xml, const struct ward_mem *mem,
	struct ward_arena *arena, struct ward_sip_position *ret, const char **ret_why)
{
	struct ward_xmldoc x = {.mem = mem, .arena = arena};
	struct ward_sip_position p = {.geo = false};
	enum ward_err err = ward_xmldoc_read(&x, xml);

	if (err) {
		*ret_why = x.why ? x.why : "no such XML";
		ward_xmldoc_fini(&x);
		return err == WARD_ERR_NOMEM ? err : WARD_ERR_MALFORMED;
	}
	if (!x.n || !ward_str_eqz(x.elem[0].name, "presence")) {
		*ret_why = "its position is no presence document (RFC 4119)";
		err = WARD_ERR_MALFORMED;
	} else {
		uint32_t at = find(&x, 0, "location-info", geopriv);

		if (at != WARD_NONE) {
			take_geo(&x, at, &p);
			take_civic(&x, at, &p);
		}
		*ret = p;
	}
	ward_xmldoc_fini(&x);
	return err;
}
