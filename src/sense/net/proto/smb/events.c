#include "sense/net/proto/smb/events.h"

enum { SIGNING_ENABLED = 1, SIGNING_REQUIRED = 2 };

bool ward_smb_name_at(size_t i, struct ward_wr *w)
{
	static const char *const names[] = {
#define X(IDENT, name) name,
		WARD_SMB_NAME_LIST(X)
#undef X
	};

	if (i >= WARD_SMB_N_N + WARD_RPC_NAME_N)
		return ward_ntlm_name_at(i - WARD_SMB_N_N - WARD_RPC_NAME_N, w);
	if (i >= WARD_SMB_N_N)
		return ward_rpc_name_at(i - WARD_SMB_N_N, w);
	ward_wr_z(w, names[i]);
	return true;
}

const uint32_t *ward_smb_rpc_names(const struct ward_dissect *d)
{
	return d->name + WARD_SMB_N_N;
}

static void put_text(
	const struct ward_dissect *d, enum ward_smb_name name, struct ward_slice s, bool unicode)
{
	struct ward_ntlm_text t;

	ward_smb_keep(&t, s, unicode);
	put_str(d, name, t.p, t.len);
}

/* FILETIME: 100 ns since 1601, as seconds since 1970. */
static void put_time(const struct ward_dissect *d, enum ward_smb_name field, uint64_t v)
{
	if (v / 10000000 > UINT64_C(11644473600))
		put_int(d, field, (int64_t)(v / 10000000 - UINT64_C(11644473600)));
}

static const struct ward_smb_slot *slot_at(const struct ward_dissect *d, uint8_t at)
{
	const struct ward_smb_flow *f = d->flow;

	return at ? &f->slot[at - 1] : NULL;
}

static void put_guid(const struct ward_dissect *d, enum ward_smb_name name, struct ward_slice guid)
{
	struct ward_rd r = ward_rd_slice(guid);
	char text[40];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	if (guid.len != 16)
		return;
	uint32_t a = ward_rd_le32(&r);
	uint16_t b = ward_rd_le16(&r), c = ward_rd_le16(&r);

	ward_wr_printf(&w, "%08x-%04x-%04x-", a, b, c);
	ward_wr_hex(&w, ward_rd_bytes(&r, 2));
	ward_wr_ch(&w, '-');
	ward_wr_hex(&w, ward_rd_rest(&r));
	put_str(d, name, text, w.len);
}

static const char *offered(const struct ward_smb_flow *f, size_t i)
{
	if (i >= f->n_dialect)
		return NULL;
	return f->dialect_version == 1 ? ward_smb1_dialect_name(f->dialect[i])
				       : ward_smb2_dialect_name(f->dialect[i]);
}

static void put_dialects(const struct ward_dissect *d, const struct ward_smb *m)
{
	const struct ward_smb_flow *f = d->flow;
	struct ward_value *item = f->n_dialect ? ward_emit_items(d->net, f->n_dialect) : NULL;
	uint32_t n = 0;

	for (size_t i = 0; item && i < f->n_dialect; i++)
		if (offered(f, i))
			item[n++] = ward_value_str(ward_str_z(offered(f, i)));
	if (n)
		ward_emit_list(d->net, d->name[WARD_SMB_N_DIALECTS], item, n);
	if (!m || m->failed || !m->n_dialect)
		return;
	const char *chosen =
		m->version == 2 ? ward_smb2_dialect_name(m->dialect[0]) : offered(f, m->dialect[0]);

	if (chosen)
		ward_emit_z(d->net, d->name[WARD_SMB_N_DIALECT], chosen);
	else
		put_int(d, WARD_SMB_N_DIALECT, m->dialect[0]);
}

/* MS-SMB2 2.2.4 and MS-CIFS 2.2.4.52.2 have the two bits in other places. */
static const char *signing(const struct ward_smb *m)
{
	unsigned bits = m->version == 2 ? m->security_mode : m->security_mode >> 2;

	if (bits & SIGNING_REQUIRED)
		return "required";
	return bits & SIGNING_ENABLED ? "enabled" : "off";
}

static void put_negotiate(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	(void)p;
	put_dialects(d, m);
	if (!m || m->failed)
		return;
	put_guid(d, WARD_SMB_N_SERVER_GUID, m->guid);
	ward_emit_z(d->net, d->name[WARD_SMB_N_SIGNING], signing(m));
	put_int(d, WARD_SMB_N_CAPABILITIES, m->capabilities);
	if (m->cipher)
		put_named(d, WARD_SMB_N_CIPHER, ward_smb_cipher_name(m->cipher), m->cipher);
	if (m->has_compression)
		put_int(d, WARD_SMB_N_COMPRESSION, m->compression);
	put_time(d, WARD_SMB_N_SYSTEM_TIME, m->system_time);
	put_time(d, WARD_SMB_N_BOOT_TIME, m->boot_time);
	if (m->version == 1)
		put_text(d, WARD_SMB_N_DOMAIN, m->domain, m->unicode);
}

static bool is_guest(const struct ward_smb *m)
{
	return m && !m->failed && !m->status && m->flags & 1;
}

static const char *method(const struct ward_smb_flow *f)
{
	if (f->kerberos)
		return "kerberos";
	return f->ntlm.anonymous ? "anonymous" : "ntlm";
}

static void put_session(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	const struct ward_smb_flow *f = d->flow;

	(void)p;
	if (f->kerberos || f->ntlm.authenticated)
		ward_emit_z(d->net, d->name[WARD_SMB_N_METHOD], method(f));
	put_str(d, WARD_SMB_N_CLIENT_OS, f->os.p, f->os.len);
	put_str(d, WARD_SMB_N_CLIENT_LANMAN, f->lanman.p, f->lanman.len);
	if (!m)
		return;
	put_hex(d, WARD_SMB_N_SESSION, m->session);
	put_text(d, WARD_SMB_N_NATIVE_OS, m->native_os, m->unicode);
	put_text(d, WARD_SMB_N_NATIVE_LANMAN, m->native_lanman, m->unicode);
	put_text(d, WARD_SMB_N_DOMAIN, m->domain, m->unicode);
	if (is_guest(m))
		ward_emit_bool(d->net, d->name[WARD_SMB_N_GUEST], true);
	if (m->version == 2 && !m->failed && m->flags & 4)
		ward_emit_bool(d->net, d->name[WARD_SMB_N_ENCRYPT], true);
	ward_emit_bool(d->net, d->name[WARD_SMB_N_SIGNED], m->is_signed);
}

static void put_connect(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	const struct ward_smb_slot *s = slot_at(d, p->slot);

	if (s)
		put_path(d, s->name, s->n_name);
	if (!m || m->failed)
		return;
	put_int(d, WARD_SMB_N_TREE, m->tree);
	put_named(d, WARD_SMB_N_SHARE_TYPE, ward_smb_share_type_name(m->share_type), m->share_type);
	if (m->version == 2)
		put_int(d, WARD_SMB_N_SHARE_FLAGS, m->info);
	put_text(d, WARD_SMB_N_NATIVE_FS, m->native_fs, m->unicode);
}

static void put_open(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	const struct ward_smb_slot *s = slot_at(d, p->slot);

	put_tree(d, p->tree);
	put_file(d, s);
	put_hex(d, WARD_SMB_N_ACCESS, p->access);
	put_named(d, WARD_SMB_N_DISPOSITION, ward_smb_disposition_name(p->disposition),
		p->disposition);
	put_hex(d, WARD_SMB_N_OPTIONS, p->options);
	if (p->options & 0x1000)
		ward_emit_bool(d->net, d->name[WARD_SMB_N_DELETE_ON_CLOSE], true);
	if (s && s->pipe)
		ward_emit_bool(d->net, d->name[WARD_SMB_N_NAMED_PIPE], true);
	if (!m || m->failed || m->status)
		return;
	put_named(d, WARD_SMB_N_ACTION, ward_smb_action_name(m->action), m->action);
	if (m->attributes & 0x10)
		ward_emit_bool(d->net, d->name[WARD_SMB_N_DIRECTORY], true);
	else if (!s || !s->pipe)
		ward_emit_int(d->net, WARD_FIELD_FILE_BYTES, (int64_t)(m->file_size & INT64_MAX));
}

/* From the last dot of the last part on; all of it when there is none. */
static struct ward_str extension(const struct ward_smb_slot *s)
{
	struct ward_str name = {s->name, s->n_name};

	for (size_t i = name.len; i-- && name.p[i] != '\\';)
		if (name.p[i] == '.')
			return ward_str_sub(name, i, name.len);
	return (struct ward_str){name.p, 0};
}

static void put_rename(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	const struct ward_smb_slot *from = slot_at(d, p->slot), *to = slot_at(d, p->new_slot);
	struct ward_value *item = from && to ? ward_emit_items(d->net, 2) : NULL;

	(void)m;
	put_tree(d, p->tree);
	if (!item) {
		put_file(d, to ? to : from);
		return;
	}
	struct ward_str a =
		ward_arena_str(&d->net->arena, (struct ward_str){from->name, from->n_name});
	struct ward_str b = ward_arena_str(&d->net->arena, (struct ward_str){to->name, to->n_name});

	item[0] = ward_value_str(a);
	item[1] = ward_value_str(b);
	ward_emit_list(d->net, WARD_FIELD_FILE_NAME, item, 2);
	ward_emit_bool(d->net, d->name[WARD_SMB_N_EXTENSION_CHANGED],
		!ward_str_ieq(extension(from), extension(to)));
}

static void put_named_file(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	(void)m;
	put_tree(d, p->tree);
	put_file(d, slot_at(d, p->slot));
}

static void put_delete(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_named_file(d, p, m);
	ward_emit_bool(d->net, d->name[WARD_SMB_N_DELETE_ON_CLOSE], p->delete_pending);
}

static void put_set_info(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_named_file(d, p, m);
	put_named(d, WARD_SMB_N_INFO, ward_smb_info_name(p->version, p->info), p->info);
}

static void put_ioctl(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_named_file(d, p, m);
	put_named(d, WARD_SMB_N_FSCTL, ward_smb_fsctl_name(p->info), p->info);
}

void ward_smb_put_counts(
	const struct ward_dissect *d, unsigned command, const struct ward_smb_trans *t)
{
	if (t->has_sub) {
		const char *name = ward_smb_trans_name(command, t->sub);

		if (name)
			ward_emit_z(d->net, d->name[WARD_SMB_N_SUBCOMMAND], name);
		put_int(d, WARD_SMB_N_SUBCOMMAND_CODE, t->sub);
	}
	put_int(d, WARD_SMB_N_TOTAL_PARAMETERS, t->total_parameters);
	put_int(d, WARD_SMB_N_TOTAL_DATA, t->total_data);
	put_int(d, WARD_SMB_N_PARAMETERS, t->parameters);
	put_int(d, WARD_SMB_N_DATA, t->data);
}

static void put_transaction(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_named_file(d, p, m);
	ward_smb_put_counts(d, p->command, &p->trans);
	put_int(d, WARD_SMB_N_MID, (int64_t)p->mid);
	if (m)
		put_int(d, WARD_SMB_N_RESPONSE_MID, (int64_t)m->mid);
}

typedef void put_fn(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m);

/* By operation: how its answer is told; no function: only when it failed. */
static const struct {
	enum ward_smb_name class;
	put_fn *put;
} operations[] = {
	[WARD_SMB_OTHER] = {WARD_SMB_N_CLASS_FAILED, NULL},
	[WARD_SMB_NEGOTIATE] = {WARD_SMB_N_CLASS_NEGOTIATE, put_negotiate},
	[WARD_SMB_SESSION] = {WARD_SMB_N_CLASS_SESSION, put_session},
	[WARD_SMB_TREE] = {WARD_SMB_N_CLASS_TREE, put_connect},
	[WARD_SMB_TREE_END] = {WARD_SMB_N_CLASS_FAILED, NULL},
	[WARD_SMB_OPEN] = {WARD_SMB_N_CLASS_OPEN, put_open},
	[WARD_SMB_CLOSE] = {WARD_SMB_N_CLASS_FAILED, NULL},
	[WARD_SMB_READ] = {WARD_SMB_N_CLASS_FAILED, NULL},
	[WARD_SMB_WRITE] = {WARD_SMB_N_CLASS_FAILED, NULL},
	[WARD_SMB_RENAME] = {WARD_SMB_N_CLASS_RENAME, put_rename},
	[WARD_SMB_DELETE] = {WARD_SMB_N_CLASS_DELETE, put_delete},
	[WARD_SMB_SET_INFO] = {WARD_SMB_N_CLASS_SET_INFO, put_set_info},
	[WARD_SMB_IOCTL] = {WARD_SMB_N_CLASS_IOCTL, put_ioctl},
	[WARD_SMB_TRANS] = {WARD_SMB_N_CLASS_TRANSACTION, put_transaction},
	[WARD_SMB_SECONDARY] = {WARD_SMB_N_CLASS_FAILED, NULL},
	[WARD_SMB_PIPE] = {WARD_SMB_N_CLASS_FAILED, NULL},
	[WARD_SMB_QUIET] = {WARD_SMB_N_CLASS_FAILED, NULL},
};

/* Ends of lists and of files, and what was taken back, are no failures. */
static bool is_failure(uint32_t status)
{
	static const uint32_t usual[] = {
		0x80000005, 0x80000006, 0xc000000f, 0xc0000011, 0xc0000120};

	for (size_t i = 0; i < WARD_ARRAY_LEN(usual); i++)
		if (status == usual[i])
			return false;
	return status >> 30 >= 2 || status >> 29 == 1;
}

static const char *outcome(const struct ward_smb_pending *p, const struct ward_smb *m)
{
	if (is_failure(m->status))
		return "failed";
	return p->op == WARD_SMB_TRANS && m->failed && p->trans.data < p->trans.total_data
		       ? "interim"
		       : "ok";
}

static void tell_login(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	struct ward_smb_flow *f = d->flow;
	bool turned = ward_smb_side(d) != p->side;
	enum ward_login_outcome how = !m                      ? WARD_LOGIN_UNKNOWN
				      : is_failure(m->status) ? WARD_LOGIN_FAILED
							      : WARD_LOGIN_OK;

	if (f->kerberos)
		ward_emit_login(
			d, &(struct ward_login){.method = "kerberos", .outcome = how}, turned);
	else if (f->ntlm.authenticated) {
		f->ntlm.guest = is_guest(m);
		f->ntlm.cleartext = p->cleartext;
		ward_ntlm_tell(d, d->name + WARD_SMB_N_N + WARD_RPC_NAME_N, &f->ntlm, how, turned);
	}
	f->kerberos = false;
}

void ward_smb_tell(
	struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_fn *put = operations[p->op].put;
	bool more = m && p->op == WARD_SMB_SESSION &&
		    m->status == (uint32_t)WARD_SMB_STATUS_MORE_PROCESSING;

	/* whose answer was not captured is told as a request alone */
	bool unseen = !m && !ward_dissect_hears(d, p->side != 0);

	if (more || (m && !put && !is_failure(m->status)) || (unseen && !put))
		return;
	if (ward_emit_begin(d->net,
		    d->name[m || unseen ? operations[p->op].class : WARD_SMB_N_CLASS_UNANSWERED])) {
		put_asker(d, p->side);
		put_command(d, m ? m->version : p->version, m ? m->command : p->command);
		if (put)
			put(d, p, m);
		else
			put_named_file(d, p, m);
		if (m) {
			put_status(d, m->status);
			ward_emit_z(d->net, d->name[WARD_SMB_N_OUTCOME], outcome(p, m));
			if (d->net->frame->time >= p->time)
				put_int(d, WARD_SMB_N_LATENCY, d->net->frame->time - p->time);
		} else if (unseen) {
			ward_emit_z(d->net, d->name[WARD_SMB_N_OUTCOME], "unseen");
		}
		if (p->anomaly || (m && m->anomaly))
			ward_emit_z(d->net, d->name[WARD_SMB_N_ANOMALY],
				p->anomaly ? p->anomaly : m->anomaly);
		ward_emit_end(d->net);
	}
	if (p->op == WARD_SMB_SESSION)
		tell_login(d, p, m);
}
