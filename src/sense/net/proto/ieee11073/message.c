#include "sense/net/proto/ieee11073/ieee11073.h"

enum {
	PROTOCOLS_MAX = 16,
	ATTRIBUTES_MAX = 64,
	MDS = 0, /* handle of the device's own object */
	ATTR_MODEL = 0x0928,
	ATTR_SPECIFICATION = 0x092d,
};

static bool read_side(struct ward_rd r, struct ward_ieee11073_side *s)
{
	s->protocol_version = ward_rd_be32(&r);
	ward_rd_skip(&r, 2); /* encoding rules */
	s->nomenclature_version = ward_rd_be32(&r);
	s->functional_units = ward_rd_be32(&r);
	s->system_type = ward_rd_be32(&r);
	if (ward_rd_be16(&r) != WARD_IEEE11073_SYSTEM_ID)
		return false;
	struct ward_slice id = ward_rd_bytes(&r, WARD_IEEE11073_SYSTEM_ID);

	s->configuration = ward_rd_be16(&r);
	ward_rd_skip(&r, 4); /* modes of data requests */
	if (ward_rd_bad(&r))
		return false;
	memcpy(s->system_id, id.p, sizeof(s->system_id));
	s->has = true;
	return true;
}

bool ward_ieee11073_request(
	struct ward_slice body, uint32_t *ret_version, struct ward_ieee11073_side *ret)
{
	struct ward_rd r = ward_rd_slice(body);
	uint32_t version = ward_rd_be32(&r);
	uint16_t n = ward_rd_be16(&r), len = ward_rd_be16(&r);

	*ret = (struct ward_ieee11073_side){0};
	/* One bit per version; there is the first. */
	if (ward_rd_bad(&r) || !(version & 0x80000000) || version & 0x0fffffff || !n ||
		n > PROTOCOLS_MAX || len != ward_rd_left(&r))
		return false;
	while (n--) {
		uint16_t protocol = ward_rd_be16(&r), size = ward_rd_be16(&r);
		struct ward_rd info = ward_rd_sub(&r, size);

		if (ward_rd_bad(&r))
			return false;
		if (protocol == WARD_IEEE11073_PROTOCOL && !ret->has && !read_side(info, ret))
			return false;
	}
	*ret_version = version;
	return ward_rd_left(&r) == 0;
}

bool ward_ieee11073_response(
	struct ward_slice body, uint16_t *ret_result, struct ward_ieee11073_side *ret)
{
	struct ward_rd r = ward_rd_slice(body);
	uint16_t result = ward_rd_be16(&r), protocol = ward_rd_be16(&r), len = ward_rd_be16(&r);

	*ret = (struct ward_ieee11073_side){0};
	if (ward_rd_bad(&r) || !ward_ieee11073_result_name(result) || len != ward_rd_left(&r))
		return false;
	*ret_result = result;
	/* who refuses may leave it out */
	return protocol != WARD_IEEE11073_PROTOCOL || !len || read_side(r, ret);
}

bool ward_ieee11073_data(struct ward_slice body, struct ward_ieee11073_data *ret)
{
	struct ward_rd r = ward_rd_slice(body);
	uint16_t whole = ward_rd_be16(&r);

	if (ward_rd_bad(&r) || whole != ward_rd_left(&r))
		return false;
	ward_rd_skip(&r, 2); /* invoke id */
	ret->choice = ward_rd_be16(&r);
	uint16_t len = ward_rd_be16(&r);

	if (ward_rd_bad(&r) || len != ward_rd_left(&r))
		return false;
	ret->body = ward_rd_rest(&r);
	return true;
}

/* ProductionSpec: count, length, then spec-type, component-id and text of each. */
static bool read_specification(struct ward_rd r, struct ward_ieee11073_device *d)
{
	uint16_t n = ward_rd_be16(&r);

	ward_rd_skip(&r, 2);
	while (n-- && !ward_rd_bad(&r)) {
		uint16_t type = ward_rd_be16(&r);

		ward_rd_skip(&r, 2);
		uint16_t len = ward_rd_be16(&r);
		struct ward_slice text = ward_rd_bytes(&r, len);

		if (!ward_rd_bad(&r) && type < WARD_IEEE11073_SPECS && !d->spec[type].len)
			d->spec[type] = text;
	}
	return !ward_rd_bad(&r);
}

static bool read_model(struct ward_rd r, struct ward_ieee11073_device *d)
{
	uint16_t len = ward_rd_be16(&r);
	struct ward_slice manufacturer = ward_rd_bytes(&r, len);

	len = ward_rd_be16(&r);
	struct ward_slice model = ward_rd_bytes(&r, len);

	if (ward_rd_bad(&r))
		return false;
	d->manufacturer = manufacturer;
	d->model = model;
	return true;
}

bool ward_ieee11073_device(struct ward_slice body, struct ward_ieee11073_device *ret)
{
	struct ward_rd r = ward_rd_slice(body);
	uint16_t handle = ward_rd_be16(&r), n = ward_rd_be16(&r), len = ward_rd_be16(&r);

	*ret = (struct ward_ieee11073_device){0};
	if (ward_rd_bad(&r) || len != ward_rd_left(&r) || n > ATTRIBUTES_MAX)
		return false;
	while (n--) {
		uint16_t id = ward_rd_be16(&r), size = ward_rd_be16(&r);
		struct ward_rd value = ward_rd_sub(&r, size);

		if (ward_rd_bad(&r))
			return false;
		if (handle != MDS)
			continue;
		if ((id == ATTR_MODEL && !read_model(value, ret)) ||
			(id == ATTR_SPECIFICATION && !read_specification(value, ret)))
			return false;
	}
	return true;
}

/* AssociateResult, A.8 */
const char *ward_ieee11073_result_name(uint16_t result)
{
	static const char *const name[] = {"accepted", "rejected-permanent", "rejected-transient",
		"accepted-unknown-config", "rejected-no-common-protocol",
		"rejected-no-common-parameter", "rejected-unknown", "rejected-unauthorized",
		"rejected-unsupported-assoc-version"};

	return result < WARD_ARRAY_LEN(name) ? name[result] : NULL;
}

/* Each 11073-104xx has the configurations from xx00 on (8.7.6). */
const char *ward_ieee11073_specialisation(uint16_t configuration)
{
	static const struct {
		uint16_t number;
		const char *name;
	} list[] = {
		{4, "pulse oximeter"},
		{6, "basic electrocardiograph"},
		{7, "blood pressure monitor"},
		{8, "thermometer"},
		{15, "weighing scale"},
		{17, "glucose meter"},
		{18, "INR monitor"},
		{19, "insulin pump"},
		{20, "body composition analyzer"},
		{21, "peak expiratory flow monitor"},
		{24, "sleep apnoea breathing therapy equipment"},
		{25, "continuous glucose monitor"},
		{41, "cardiovascular fitness and activity monitor"},
		{42, "strength fitness equipment"},
		{71, "independent living activity hub"},
		{72, "medication monitor"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(list); i++)
		if (list[i].number == configuration / 100)
			return list[i].name;
	return NULL;
}

const char *ward_ieee11073_end_name(const struct ward_ieee11073_end *end)
{
	static const char *const release[] = {
		"normal", "no-more-configurations", "configuration-changed"};
	static const char *const abort[] = {
		"undefined", "buffer-overflow", "response-timeout", "configuration-timeout"};

	if (end->abort)
		return end->reason < WARD_ARRAY_LEN(abort) ? abort[end->reason] : NULL;
	return end->reason < WARD_ARRAY_LEN(release) ? release[end->reason] : NULL;
}
