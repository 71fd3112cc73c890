#include "sense/net/proto/smb/stream.h"

#include "sense/net/emit.h"

#define NAME_LIST(X)                                     \
	X(CLASS_NEGOTIATE, "net.smb.negotiate")          \
	X(CLASS_SESSION, "net.smb.session")              \
	X(CLASS_TREE, "net.smb.tree")                    \
	X(CLASS_OPEN, "net.smb.open")                    \
	X(CLASS_FILE, "net.smb.file")                    \
	X(CLASS_RENAME, "net.smb.rename")                \
	X(CLASS_DELETE, "net.smb.delete")                \
	X(CLASS_SET_INFO, "net.smb.set_info")            \
	X(CLASS_IOCTL, "net.smb.ioctl")                  \
	X(CLASS_TRANSACTION, "net.smb.transaction")      \
	X(CLASS_FAILED, "net.smb.failed")                \
	X(CLASS_UNANSWERED, "net.smb.unanswered")        \
	X(CLASS_ANOMALY, "net.smb.anomaly")              \
	X(CLASS_ENCRYPTED, "net.smb.encrypted")          \
	X(CLASS_COMPRESSED, "net.smb.compressed")        \
	X(CLASS_NETBIOS, "net.smb.netbios")              \
	X(VERSION, "smb.version")                        \
	X(COMMAND, "smb.command")                        \
	X(STATUS, "smb.status")                          \
	X(OUTCOME, "smb.outcome")                        \
	X(LATENCY, "smb.latency_ns")                     \
	X(ANOMALY, "smb.anomaly")                        \
	X(MID, "smb.mid")                                \
	X(RESPONSE_MID, "smb.response_mid")              \
	X(TREE, "smb.tree_id")                           \
	X(SESSION, "smb.session_id")                     \
	X(SIGNED, "smb.signed")                          \
	X(DIALECTS, "smb.dialects")                      \
	X(DIALECT, "smb.dialect")                        \
	X(SERVER_GUID, "smb.server_guid")                \
	X(SIGNING, "smb.signing")                        \
	X(CAPABILITIES, "smb.capabilities")              \
	X(CIPHER, "smb.cipher")                          \
	X(COMPRESSION, "smb.compression")                \
	X(SYSTEM_TIME, "smb.system_time")                \
	X(BOOT_TIME, "smb.boot_time")                    \
	X(DOMAIN, "smb.domain")                          \
	X(CLIENT_OS, "smb.client_os")                    \
	X(CLIENT_LANMAN, "smb.client_lanman")            \
	X(NATIVE_OS, "smb.native_os")                    \
	X(NATIVE_LANMAN, "smb.native_lanman")            \
	X(METHOD, "smb.method")                          \
	X(GUEST, "smb.guest")                            \
	X(ENCRYPT, "smb.encrypt")                        \
	X(PATH, "smb.path")                              \
	X(SHARE, "smb.share")                            \
	X(SHARE_TYPE, "smb.share_type")                  \
	X(SHARE_FLAGS, "smb.share_flags")                \
	X(NATIVE_FS, "smb.native_file_system")           \
	X(ACCESS, "smb.access")                          \
	X(DISPOSITION, "smb.disposition")                \
	X(OPTIONS, "smb.options")                        \
	X(ACTION, "smb.action")                          \
	X(DIRECTORY, "smb.directory")                    \
	X(NAMED_PIPE, "smb.named_pipe")                  \
	X(DELETE_ON_CLOSE, "smb.delete_on_close")        \
	X(READS, "smb.reads")                            \
	X(READ_BYTES, "smb.read_bytes")                  \
	X(WRITES, "smb.writes")                          \
	X(WRITE_BYTES, "smb.write_bytes")                \
	X(WRITE_ENTROPY, "smb.write_entropy")            \
	X(END, "smb.end")                                \
	X(EXTENSION_CHANGED, "smb.extension_changed")    \
	X(INFO, "smb.info_class")                        \
	X(FSCTL, "smb.fsctl")                            \
	X(SUBCOMMAND, "smb.subcommand")                  \
	X(SUBCOMMAND_CODE, "smb.subcommand_code")        \
	X(TOTAL_PARAMETERS, "smb.total_parameter_bytes") \
	X(TOTAL_DATA, "smb.total_data_bytes")            \
	X(PARAMETERS, "smb.parameter_bytes")             \
	X(DATA, "smb.data_bytes")                        \
	X(DISPLACEMENT, "smb.data_displacement")         \
	X(ORIGINAL_SIZE, "smb.original_size")            \
	X(OFFSET, "smb.compression_offset")              \
	X(ALGORITHM, "smb.compression_algorithm")        \
	X(MESSAGE, "smb.netbios_message")                \
	X(CALLED, "smb.called_name")                     \
	X(CALLING, "smb.calling_name")                   \
	X(ERROR, "smb.netbios_error")

enum name {
#define X(IDENT, name) NAME_##IDENT,
	NAME_LIST(X)
#undef X
		NAME_N, /* then those of NTLM */
};

enum { SIGNING_ENABLED = 1, SIGNING_REQUIRED = 2 };

bool ward_smb_name_at(size_t i, struct ward_wr *w)
{
	static const char *const names[] = {
#define X(IDENT, name) name,
		NAME_LIST(X)
#undef X
	};

	if (i >= WARD_ARRAY_LEN(names))
		return ward_ntlm_name_at(i - WARD_ARRAY_LEN(names), w);
	ward_wr_z(w, names[i]);
	return true;
}

static void put_int(const struct ward_dissect *d, enum name name, int64_t v)
{
	ward_emit_int(d->net, d->name[name], v);
}

static void put_str(const struct ward_dissect *d, enum name name, const char *p, size_t len)
{
	if (len)
		ward_emit_str(d->net, d->name[name], (struct ward_str){p, len});
}

static void put_text(
	const struct ward_dissect *d, enum name name, struct ward_slice s, bool unicode)
{
	struct ward_ntlm_text t;

	ward_smb_keep(&t, s, unicode);
	put_str(d, name, t.p, t.len);
}

static void put_hex(const struct ward_dissect *d, enum name name, uint64_t v)
{
	char text[24];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_printf(&w, "0x%08llx", (unsigned long long)v);
	put_str(d, name, text, w.len);
}

/* The name as text, or the number. */
static void put_named(const struct ward_dissect *d, enum name field, const char *name, uint32_t v)
{
	if (name)
		ward_emit_z(d->net, d->name[field], name);
	else
		put_hex(d, field, v);
}

/* FILETIME: 100 ns since 1601, as seconds since 1970. */
static void put_time(const struct ward_dissect *d, enum name field, uint64_t v)
{
	if (v / 10000000 > UINT64_C(11644473600))
		put_int(d, field, (int64_t)(v / 10000000 - UINT64_C(11644473600)));
}

static void put_status(const struct ward_dissect *d, uint32_t status)
{
	put_named(d, NAME_STATUS, ward_smb_status_name(status), status);
}

static void put_command(const struct ward_dissect *d, unsigned version, unsigned command)
{
	put_int(d, NAME_VERSION, version);
	put_named(d, NAME_COMMAND, ward_smb_command_name(version, command), command);
}

static const struct ward_smb_slot *slot_at(const struct ward_dissect *d, uint8_t at)
{
	const struct ward_smb_flow *f = d->flow;

	return at ? &f->slot[at - 1] : NULL;
}

/* \\server\share, and the part behind the last backslash. */
static void put_path(const struct ward_dissect *d, const char *p, size_t len)
{
	size_t from = len;

	while (from && p[from - 1] != '\\')
		from--;
	put_str(d, NAME_PATH, p, len);
	put_str(d, NAME_SHARE, p + from, len - from);
}

static void put_tree(const struct ward_dissect *d, uint32_t id)
{
	const struct ward_smb_flow *f = d->flow;

	for (size_t i = 0; i < WARD_SMB_TREES; i++)
		if (f->tree[i].used && f->tree[i].id == id) {
			put_path(d, f->tree[i].path, f->tree[i].n_path);
			return;
		}
}

static void put_file(const struct ward_dissect *d, const struct ward_smb_slot *s)
{
	if (s && s->n_name)
		ward_emit_str(d->net, WARD_FIELD_FILE_NAME, (struct ward_str){s->name, s->n_name});
}

static void put_guid(const struct ward_dissect *d, enum name name, struct ward_slice guid)
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
		ward_emit_list(d->net, d->name[NAME_DIALECTS], item, n);
	if (!m || m->failed || !m->n_dialect)
		return;
	const char *chosen =
		m->version == 2 ? ward_smb2_dialect_name(m->dialect[0]) : offered(f, m->dialect[0]);

	if (chosen)
		ward_emit_z(d->net, d->name[NAME_DIALECT], chosen);
	else
		put_int(d, NAME_DIALECT, m->dialect[0]);
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
	put_guid(d, NAME_SERVER_GUID, m->guid);
	ward_emit_z(d->net, d->name[NAME_SIGNING], signing(m));
	put_int(d, NAME_CAPABILITIES, m->capabilities);
	if (m->cipher)
		put_named(d, NAME_CIPHER, ward_smb_cipher_name(m->cipher), m->cipher);
	if (m->has_compression)
		put_int(d, NAME_COMPRESSION, m->compression);
	put_time(d, NAME_SYSTEM_TIME, m->system_time);
	put_time(d, NAME_BOOT_TIME, m->boot_time);
	if (m->version == 1)
		put_text(d, NAME_DOMAIN, m->domain, m->unicode);
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
		ward_emit_z(d->net, d->name[NAME_METHOD], method(f));
	put_str(d, NAME_CLIENT_OS, f->os.p, f->os.len);
	put_str(d, NAME_CLIENT_LANMAN, f->lanman.p, f->lanman.len);
	if (!m)
		return;
	put_hex(d, NAME_SESSION, m->session);
	put_text(d, NAME_NATIVE_OS, m->native_os, m->unicode);
	put_text(d, NAME_NATIVE_LANMAN, m->native_lanman, m->unicode);
	put_text(d, NAME_DOMAIN, m->domain, m->unicode);
	if (is_guest(m))
		ward_emit_bool(d->net, d->name[NAME_GUEST], true);
	if (m->version == 2 && !m->failed && m->flags & 4)
		ward_emit_bool(d->net, d->name[NAME_ENCRYPT], true);
	ward_emit_bool(d->net, d->name[NAME_SIGNED], m->is_signed);
}

static void put_connect(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	const struct ward_smb_slot *s = slot_at(d, p->slot);

	if (s)
		put_path(d, s->name, s->n_name);
	if (!m || m->failed)
		return;
	put_int(d, NAME_TREE, m->tree);
	put_named(d, NAME_SHARE_TYPE, ward_smb_share_type_name(m->share_type), m->share_type);
	if (m->version == 2)
		put_int(d, NAME_SHARE_FLAGS, m->info);
	put_text(d, NAME_NATIVE_FS, m->native_fs, m->unicode);
}

static void put_open(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	const struct ward_smb_slot *s = slot_at(d, p->slot);

	put_tree(d, p->tree);
	put_file(d, s);
	put_hex(d, NAME_ACCESS, p->access);
	put_named(d, NAME_DISPOSITION, ward_smb_disposition_name(p->disposition), p->disposition);
	put_hex(d, NAME_OPTIONS, p->options);
	if (p->options & 0x1000)
		ward_emit_bool(d->net, d->name[NAME_DELETE_ON_CLOSE], true);
	if (s && s->pipe)
		ward_emit_bool(d->net, d->name[NAME_NAMED_PIPE], true);
	if (!m || m->failed || m->status)
		return;
	put_named(d, NAME_ACTION, ward_smb_action_name(m->action), m->action);
	if (m->attributes & 0x10)
		ward_emit_bool(d->net, d->name[NAME_DIRECTORY], true);
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
	ward_emit_bool(d->net, d->name[NAME_EXTENSION_CHANGED],
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
	ward_emit_bool(d->net, d->name[NAME_DELETE_ON_CLOSE], p->delete_pending);
}

static void put_set_info(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_named_file(d, p, m);
	put_named(d, NAME_INFO, ward_smb_info_name(p->version, p->info), p->info);
}

static void put_ioctl(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_named_file(d, p, m);
	put_named(d, NAME_FSCTL, ward_smb_fsctl_name(p->info), p->info);
}

static void put_counts(
	const struct ward_dissect *d, unsigned command, const struct ward_smb_trans *t)
{
	if (t->has_sub) {
		const char *name = ward_smb_trans_name(command, t->sub);

		if (name)
			ward_emit_z(d->net, d->name[NAME_SUBCOMMAND], name);
		put_int(d, NAME_SUBCOMMAND_CODE, t->sub);
	}
	put_int(d, NAME_TOTAL_PARAMETERS, t->total_parameters);
	put_int(d, NAME_TOTAL_DATA, t->total_data);
	put_int(d, NAME_PARAMETERS, t->parameters);
	put_int(d, NAME_DATA, t->data);
}

static void put_transaction(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_named_file(d, p, m);
	put_counts(d, p->command, &p->trans);
	put_int(d, NAME_MID, (int64_t)p->mid);
	if (m)
		put_int(d, NAME_RESPONSE_MID, (int64_t)m->mid);
}

typedef void put_fn(
	const struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m);

/* By operation: how its answer is told; no function: only when it failed. */
static const struct {
	enum name class;
	put_fn *put;
} operations[] = {
	[WARD_SMB_OTHER] = {NAME_CLASS_FAILED, NULL},
	[WARD_SMB_NEGOTIATE] = {NAME_CLASS_NEGOTIATE, put_negotiate},
	[WARD_SMB_SESSION] = {NAME_CLASS_SESSION, put_session},
	[WARD_SMB_TREE] = {NAME_CLASS_TREE, put_connect},
	[WARD_SMB_TREE_END] = {NAME_CLASS_FAILED, NULL},
	[WARD_SMB_OPEN] = {NAME_CLASS_OPEN, put_open},
	[WARD_SMB_CLOSE] = {NAME_CLASS_FAILED, NULL},
	[WARD_SMB_READ] = {NAME_CLASS_FAILED, NULL},
	[WARD_SMB_WRITE] = {NAME_CLASS_FAILED, NULL},
	[WARD_SMB_RENAME] = {NAME_CLASS_RENAME, put_rename},
	[WARD_SMB_DELETE] = {NAME_CLASS_DELETE, put_delete},
	[WARD_SMB_SET_INFO] = {NAME_CLASS_SET_INFO, put_set_info},
	[WARD_SMB_IOCTL] = {NAME_CLASS_IOCTL, put_ioctl},
	[WARD_SMB_TRANS] = {NAME_CLASS_TRANSACTION, put_transaction},
	[WARD_SMB_SECONDARY] = {NAME_CLASS_FAILED, NULL},
	[WARD_SMB_PIPE] = {NAME_CLASS_FAILED, NULL},
	[WARD_SMB_QUIET] = {NAME_CLASS_FAILED, NULL},
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

static void put_asker(const struct ward_dissect *d, uint8_t asker)
{
	if (ward_smb_side(d) == asker)
		ward_emit_packet(d->net, d->packet);
	else
		ward_emit_packet_turned(d->net, d->packet);
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
		ward_ntlm_tell(d, d->name + NAME_N, &f->ntlm, how, turned);
	}
	f->kerberos = false;
}

void ward_smb_tell(
	struct ward_dissect *d, const struct ward_smb_pending *p, const struct ward_smb *m)
{
	put_fn *put = operations[p->op].put;
	bool more = m && p->op == WARD_SMB_SESSION &&
		    m->status == (uint32_t)WARD_SMB_STATUS_MORE_PROCESSING;

	if (more || (m && !put && !is_failure(m->status)))
		return;
	if (ward_emit_begin(d->net, d->name[m ? operations[p->op].class : NAME_CLASS_UNANSWERED])) {
		put_asker(d, p->side);
		put_command(d, m ? m->version : p->version, m ? m->command : p->command);
		if (put)
			put(d, p, m);
		else
			put_named_file(d, p, m);
		if (m) {
			put_status(d, m->status);
			ward_emit_z(d->net, d->name[NAME_OUTCOME], outcome(p, m));
			if (d->net->frame->time >= p->time)
				put_int(d, NAME_LATENCY, d->net->frame->time - p->time);
		}
		if (p->anomaly || (m && m->anomaly))
			ward_emit_z(d->net, d->name[NAME_ANOMALY],
				p->anomaly ? p->anomaly : m->anomaly);
		ward_emit_end(d->net);
	}
	if (p->op == WARD_SMB_SESSION)
		tell_login(d, p, m);
}

void ward_smb_tell_file(
	struct ward_dissect *d, const struct ward_smb_slot *s, enum ward_smb_end end)
{
	static const char *const ends[] = {"close", "flow-end", "pushed-out"};

	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_FILE]))
		return;
	put_asker(d, s->side);
	put_tree(d, s->tree);
	put_file(d, s);
	put_int(d, NAME_READS, s->reads);
	put_int(d, NAME_READ_BYTES, (int64_t)(s->read_bytes & INT64_MAX));
	put_int(d, NAME_WRITES, s->writes);
	put_int(d, NAME_WRITE_BYTES, (int64_t)(s->write_bytes & INT64_MAX));
	if (s->sampled)
		put_int(d, NAME_WRITE_ENTROPY, (int64_t)(s->entropy / s->sampled));
	if (s->delete_pending)
		ward_emit_bool(d->net, d->name[NAME_DELETE_ON_CLOSE], true);
	ward_emit_z(d->net, d->name[NAME_END], ends[end]);
	ward_emit_end(d->net);
}

void ward_smb_tell_anomaly(struct ward_dissect *d, const struct ward_smb *m, const char *anomaly)
{
	if (!ward_emit_begin(d->net, d->name[NAME_CLASS_ANOMALY]))
		return;
	ward_emit_packet(d->net, d->packet);
	put_command(d, m->version, m->command);
	ward_emit_z(d->net, d->name[NAME_ANOMALY], anomaly);
	put_int(d, NAME_MID, (int64_t)(m->mid & INT64_MAX));
	if (m->op == WARD_SMB_SECONDARY || m->op == WARD_SMB_TRANS) {
		put_counts(d, m->command, &m->trans);
		put_int(d, NAME_DISPLACEMENT, m->trans.data_displacement);
	}
	if (m->response)
		put_status(d, m->status);
	ward_emit_end(d->net);
}

/* MS-SMB2 2.2.41: the session stands behind signature, nonce, size and flags. */
void ward_smb_tell_encrypted(struct ward_dissect *d, struct ward_slice front)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(front);

	ward_rd_skip(&r, 4 + 16 + 16 + 4 + 2 + 2);
	uint64_t session = ward_rd_le64(&r);

	if (f->told_encrypted || !ward_emit_begin(d->net, d->name[NAME_CLASS_ENCRYPTED]))
		return;
	f->told_encrypted = true;
	ward_emit_packet(d->net, d->packet);
	put_hex(d, NAME_SESSION, session);
	ward_emit_end(d->net);
}

/* MS-SMB2 2.2.42.1, not chained: what the receiver adds must stay in 32 bits. */
static const char *compression_anomaly(uint32_t original, uint32_t offset, size_t room)
{
	if ((uint64_t)original + offset > UINT32_MAX)
		return "compression-overflow";
	return offset > room ? "compression-offset-outside" : NULL;
}

void ward_smb_tell_compressed(struct ward_dissect *d, struct ward_slice front, size_t total)
{
	struct ward_smb_flow *f = d->flow;
	struct ward_rd r = ward_rd_slice(front);

	ward_rd_skip(&r, 4);
	uint32_t original = ward_rd_le32(&r);
	uint16_t algorithm = ward_rd_le16(&r), flags = ward_rd_le16(&r);
	uint32_t offset = ward_rd_le32(&r);
	const char *anomaly = flags ? NULL : compression_anomaly(original, offset, total - 16);

	if ((f->told_compressed && !anomaly) ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_COMPRESSED]))
		return;
	f->told_compressed = true;
	ward_emit_packet(d->net, d->packet);
	put_int(d, NAME_ALGORITHM, algorithm);
	put_int(d, NAME_ORIGINAL_SIZE, original);
	if (!flags)
		put_int(d, NAME_OFFSET, offset);
	if (anomaly)
		ward_emit_z(d->net, d->name[NAME_ANOMALY], anomaly);
	ward_emit_end(d->net);
}

void ward_smb_tell_netbios(
	struct ward_dissect *d, const struct ward_smb_frame *frame, struct ward_slice front)
{
	static const char *const messages[] = {
		"request", "positive_response", "negative_response", "retarget_response"};
	struct ward_rd r = ward_rd_slice(front);
	char called[17], calling[17];
	unsigned i = frame->type - 0x81u;

	/* Keep-alives and plain consent say nothing. */
	if (i >= WARD_ARRAY_LEN(messages) || i == 1 ||
		!ward_emit_begin(d->net, d->name[NAME_CLASS_NETBIOS]))
		return;
	ward_emit_packet(d->net, d->packet);
	ward_emit_z(d->net, d->name[NAME_MESSAGE], messages[i]);
	if (i == 0 && ward_smb_netbios_name(&r, called) && ward_smb_netbios_name(&r, calling)) {
		put_str(d, NAME_CALLED, called, strlen(called));
		put_str(d, NAME_CALLING, calling, strlen(calling));
	}
	if (i == 2)
		put_int(d, NAME_ERROR, ward_rd_u8(&r));
	ward_emit_end(d->net);
}
