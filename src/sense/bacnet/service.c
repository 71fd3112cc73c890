/* The bodies of the services that matter for watching a building (clauses 13 to 16). Others are
 * named and their bytes counted. */
#include "sense/bacnet/tag.h"

struct ward_bacnet_item *ward_bacnet_next_item(struct ward_bacnet *m)
{
	struct ward_bacnet_item *item = &m->item[WARD_BACNET_ITEMS];

	m->n_item_seen++;
	if (m->n_item < WARD_BACNET_ITEMS)
		item = &m->item[m->n_item++];
	memset(item, 0, sizeof(*item));
	return item;
}

bool ward_bacnet_object(struct ward_bacnet_rd *b, int number, struct ward_bacnet_item *item)
{
	uint32_t id[2];

	if (!ward_bacnet_object_id(b, number, id))
		return false;
	item->has_object = true;
	item->type = id[0];
	item->instance = id[1];
	return true;
}

bool ward_bacnet_property(struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_item *item)
{
	struct ward_bacnet_optional index = {.is = false};

	if (!ward_bacnet_enumerated(b, number, &item->property))
		return false;
	item->has_property = true;
	if (!ward_bacnet_maybe_unsigned(b, (uint8_t)(number + 1), &index))
		return false;
	item->has_index = index.is;
	item->index = index.v;
	return true;
}

bool ward_bacnet_priority(struct ward_bacnet_rd *b, uint8_t number, struct ward_bacnet_item *item)
{
	struct ward_bacnet_optional priority = {.is = false};

	if (!ward_bacnet_maybe_unsigned(b, number, &priority))
		return false;
	item->has_priority = priority.is;
	item->priority = priority.v;
	return true;
}

static bool required(struct ward_bacnet_optional *o)
{
	o->is = true;
	return true;
}

static bool number(struct ward_bacnet_rd *b, uint8_t tag, enum ward_bacnet_number_id id)
{
	uint32_t v;

	if (!ward_bacnet_unsigned(b, tag, &v))
		return false;
	ward_bacnet_set(b->m, id, v);
	return true;
}

static bool maybe_number(struct ward_bacnet_rd *b, uint8_t tag, enum ward_bacnet_number_id id)
{
	return !ward_bacnet_next_is(b, tag, WARD_BACNET_PRIMITIVE) || number(b, tag, id);
}

/* 16.10 */
static bool who_is(struct ward_bacnet_rd *b)
{
	return ward_bacnet_maybe_unsigned(b, 0, &b->m->low) &&
	       ward_bacnet_maybe_unsigned(b, 1, &b->m->high);
}

/* 16.10 */
static bool i_am(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;
	struct ward_bacnet_item *item = ward_bacnet_next_item(b->m);

	if (!ward_bacnet_object(b, WARD_BACNET_APPLICATION, item))
		return false;
	m->device = (struct ward_bacnet_optional){true, item->instance};
	return ward_bacnet_unsigned(b, WARD_BACNET_APPLICATION, &m->max_apdu.v) &&
	       required(&m->max_apdu) &&
	       ward_bacnet_enumerated(b, WARD_BACNET_APPLICATION, &m->segmentation.v) &&
	       required(&m->segmentation) &&
	       ward_bacnet_unsigned(b, WARD_BACNET_APPLICATION, &m->vendor.v) &&
	       required(&m->vendor);
}

/* 16.9 */
static bool who_has(struct ward_bacnet_rd *b)
{
	if (!who_is(b))
		return false;
	if (ward_bacnet_next_is(b, 3, WARD_BACNET_PRIMITIVE))
		return ward_bacnet_chars(b, 3, &b->m->name);
	return ward_bacnet_object(b, 2, ward_bacnet_next_item(b->m));
}

/* 16.9 */
static bool i_have(struct ward_bacnet_rd *b)
{
	struct ward_bacnet_item device = {.has_object = false};

	if (!ward_bacnet_object(b, WARD_BACNET_APPLICATION, &device))
		return false;
	b->m->device = (struct ward_bacnet_optional){true, device.instance};
	return ward_bacnet_object(b, WARD_BACNET_APPLICATION, ward_bacnet_next_item(b->m)) &&
	       ward_bacnet_chars(b, WARD_BACNET_APPLICATION, &b->m->name);
}

/* 15.5 */
static bool read_property_request(struct ward_bacnet_rd *b)
{
	struct ward_bacnet_item *item = ward_bacnet_next_item(b->m);

	return ward_bacnet_object(b, 0, item) && ward_bacnet_property(b, 1, item);
}

/* 15.5 */
static bool read_property_ack(struct ward_bacnet_rd *b)
{
	struct ward_bacnet_item *item = ward_bacnet_next_item(b->m);

	return ward_bacnet_object(b, 0, item) && ward_bacnet_property(b, 1, item) &&
	       ward_bacnet_any(b, 3, &item->value);
}

/* 15.9 */
static bool write_property(struct ward_bacnet_rd *b)
{
	struct ward_bacnet_item *item = ward_bacnet_next_item(b->m);

	return ward_bacnet_object(b, 0, item) && ward_bacnet_property(b, 1, item) &&
	       ward_bacnet_any(b, 3, &item->value) && ward_bacnet_priority(b, 4, item);
}

/* A list [1] of properties of one object; each is read by one, which takes at least a byte. */
static bool per_object(
	struct ward_bacnet_rd *b, bool (*one)(struct ward_bacnet_rd *b, struct ward_bacnet_item *))
{
	struct ward_bacnet_item object = {.has_object = false};

	if (!ward_bacnet_object(b, 0, &object) || !ward_bacnet_open(b, 1))
		return false;
	while (!ward_bacnet_next_is(b, 1, WARD_BACNET_CLOSING)) {
		struct ward_bacnet_item *item = ward_bacnet_next_item(b->m);

		if (ward_bacnet_end(b))
			return ward_bacnet_fail(b, WARD_BACNET_TAG_UNBALANCED);
		*item = object;
		if (!one(b, item))
			return false;
	}
	return ward_bacnet_close(b, 1);
}

static bool all_objects(
	struct ward_bacnet_rd *b, bool (*one)(struct ward_bacnet_rd *b, struct ward_bacnet_item *))
{
	do {
		if (!per_object(b, one))
			return false;
	} while (!ward_bacnet_end(b));
	return true;
}

static bool rpm_one(struct ward_bacnet_rd *b, struct ward_bacnet_item *item)
{
	return ward_bacnet_property(b, 0, item);
}

/* 15.7 */
static bool read_property_multiple(struct ward_bacnet_rd *b)
{
	return all_objects(b, rpm_one);
}

/* Error class and code, application enumerated (clause 18). */
static bool read_error(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;

	return ward_bacnet_enumerated(b, WARD_BACNET_APPLICATION, &m->error_class.v) &&
	       required(&m->error_class) &&
	       ward_bacnet_enumerated(b, WARD_BACNET_APPLICATION, &m->error_code.v) &&
	       required(&m->error_code);
}

static bool rpm_ack_one(struct ward_bacnet_rd *b, struct ward_bacnet_item *item)
{
	if (!ward_bacnet_property(b, 2, item))
		return false;
	if (ward_bacnet_next_is(b, 5, WARD_BACNET_OPENING)) {
		if (!ward_bacnet_open(b, 5) || !read_error(b) || !ward_bacnet_close(b, 5))
			return false;
		item->has_error = true;
		item->error_class = b->m->error_class.v;
		item->error_code = b->m->error_code.v;
		return true;
	}
	return ward_bacnet_any(b, 4, &item->value);
}

/* 15.7 */
static bool read_property_multiple_ack(struct ward_bacnet_rd *b)
{
	return all_objects(b, rpm_ack_one);
}

static bool wpm_one(struct ward_bacnet_rd *b, struct ward_bacnet_item *item)
{
	return ward_bacnet_property(b, 0, item) && ward_bacnet_any(b, 2, &item->value) &&
	       ward_bacnet_priority(b, 3, item);
}

/* 15.10 */
static bool write_property_multiple(struct ward_bacnet_rd *b)
{
	return all_objects(b, wpm_one);
}

/* A password is noted and thrown away. */
static bool read_password(struct ward_bacnet_rd *b, uint8_t number)
{
	struct ward_wr keep = *b->text;
	struct ward_str password;

	if (!ward_bacnet_next_is(b, number, WARD_BACNET_PRIMITIVE))
		return true;
	b->m->has_password = ward_bacnet_chars(b, number, &password);
	if (b->m->has_password && password.len)
		ward_wipe(b->text->p + keep.len, b->text->len - keep.len);
	*b->text = keep;
	return b->m->has_password;
}

/* 16.4 */
static bool reinitialize_device(struct ward_bacnet_rd *b)
{
	return ward_bacnet_enumerated(b, 0, &b->m->state.v) && required(&b->m->state) &&
	       read_password(b, 1);
}

/* 16.1 */
static bool device_communication_control(struct ward_bacnet_rd *b)
{
	return maybe_number(b, 0, WARD_BACNET_DURATION) &&
	       ward_bacnet_enumerated(b, 1, &b->m->state.v) && required(&b->m->state) &&
	       read_password(b, 2);
}

/* 13.14: without the last two it cancels. */
static bool subscribe_cov(struct ward_bacnet_rd *b)
{
	return number(b, 0, WARD_BACNET_PROCESS) &&
	       ward_bacnet_object(b, 1, ward_bacnet_next_item(b->m)) &&
	       maybe_number(b, 2, WARD_BACNET_CONFIRMED) &&
	       maybe_number(b, 3, WARD_BACNET_DURATION);
}

/* 13.1, 13.2: values of one object. */
static bool cov_notification(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;
	struct ward_bacnet_item device = {.has_object = false}, object = {.has_object = false};

	if (!number(b, 0, WARD_BACNET_PROCESS) || !ward_bacnet_object(b, 1, &device) ||
		!ward_bacnet_object(b, 2, &object) || !number(b, 3, WARD_BACNET_DURATION) ||
		!ward_bacnet_open(b, 4))
		return false;
	m->device = (struct ward_bacnet_optional){true, device.instance};
	while (!ward_bacnet_next_is(b, 4, WARD_BACNET_CLOSING)) {
		struct ward_bacnet_item *item = ward_bacnet_next_item(b->m);

		if (ward_bacnet_end(b))
			return ward_bacnet_fail(b, WARD_BACNET_TAG_UNBALANCED);
		*item = object;
		if (!wpm_one(b, item))
			return false;
	}
	return ward_bacnet_close(b, 4);
}

/* 16.7, 16.8 */
static bool time_synchronization(struct ward_bacnet_rd *b)
{
	return ward_bacnet_date_time(b, &b->m->when);
}

/* 16.2, 16.3: vendor and service number; the vendor's parameters are not ours to read. */
static bool private_transfer(struct ward_bacnet_rd *b)
{
	struct ward_bacnet *m = b->m;

	if (!ward_bacnet_unsigned(b, 0, &m->vendor.v) || !required(&m->vendor) ||
		!number(b, 1, WARD_BACNET_PRIVATE_SERVICE))
		return false;
	m->n_unparsed += ward_rd_left(&b->r);
	ward_rd_skip(&b->r, ward_rd_left(&b->r));
	return true;
}

static ward_bacnet_body_fn *const confirmed[] = {
	[1] = cov_notification,
	[5] = subscribe_cov,
	[12] = read_property_request,
	[14] = read_property_multiple,
	[15] = write_property,
	[16] = write_property_multiple,
	[17] = device_communication_control,
	[18] = private_transfer,
	[20] = reinitialize_device,
};

static ward_bacnet_body_fn *const unconfirmed[] = {
	[0] = i_am,
	[1] = i_have,
	[2] = cov_notification,
	[4] = private_transfer,
	[6] = time_synchronization,
	[7] = who_has,
	[8] = who_is,
	[9] = time_synchronization,
};

static ward_bacnet_body_fn *const complex_ack[] = {
	[12] = read_property_ack,
	[14] = read_property_multiple_ack,
	[18] = private_transfer,
};

/* Clause 18 and 21 (BACnet-Error): some services wrap class and code in [0] and add more. */
static bool error_body(struct ward_bacnet_rd *b)
{
	if (!ward_bacnet_next_is(b, 0, WARD_BACNET_OPENING))
		return read_error(b);
	if (!ward_bacnet_open(b, 0) || !read_error(b) || !ward_bacnet_close(b, 0))
		return false;
	b->m->n_unparsed += ward_rd_left(&b->r);
	ward_rd_skip(&b->r, ward_rd_left(&b->r));
	return true;
}

struct bodies {
	ward_bacnet_body_fn *const *body;
	size_t n;
};

static ward_bacnet_body_fn *find_body(const struct ward_bacnet *m)
{
	static const struct bodies bodies[WARD_BACNET_PDU_N] = {
		[WARD_BACNET_PDU_CONFIRMED] = {confirmed, WARD_ARRAY_LEN(confirmed)},
		[WARD_BACNET_PDU_UNCONFIRMED] = {unconfirmed, WARD_ARRAY_LEN(unconfirmed)},
		[WARD_BACNET_PDU_COMPLEX_ACK] = {complex_ack, WARD_ARRAY_LEN(complex_ack)},
	};
	const struct bodies *list = &bodies[m->pdu];

	if (m->pdu == WARD_BACNET_PDU_ERROR)
		return error_body;
	if (m->service < list->n && list->body[m->service])
		return list->body[m->service];
	return ward_bacnet_more_body(m->pdu, m->service);
}

bool ward_bacnet_service(struct ward_bacnet_rd *b)
{
	ward_bacnet_body_fn *body = find_body(b->m);

	if (body && !body(b))
		return false;
	b->m->n_unparsed += ward_rd_left(&b->r);
	return true;
}
