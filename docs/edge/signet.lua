-- SPDX-License-Identifier: Apache-2.0
--
-- HAProxy (2.6 or later, with Lua) asks a location with `signet_check original statuses=all` of
-- nginx whether a request may pass: `http-request lua.signet`.  SIGNET_CHECK in the environment says
-- where: an address of HAProxy, as unix@/run/signet/check or ipv4@127.0.0.1:8081; the path is /check.
--
-- What is not answered 200 does not pass.

local address = os.getenv("SIGNET_CHECK")
local identity = {
	"signet-token-id", "signet-issuer", "signet-purpose", "signet-capabilities", "signet-key", "signet-covers", "signet-dialect", "signet-subject",
	"signet-scopes", "signet-agent", "signet-body-digest",
}
local shown = { "signet-proof", "signature", "signature-input", "content-digest", "dpop", "authorization", "early-data", "signature-agent" }
local told = { ["content-type"] = true, ["www-authenticate"] = true, ["retry-after"] = true, ["x-content-type-options"] = true }

-- HAProxy counts from 0, its client from 1.
local function values_of(field)
	local values = {}
	for i = 0, #(field or {}) do
		if field and field[i] then
			table.insert(values, field[i])
		end
	end
	return values
end

local function question_of(txn)
	local fields = txn.http:req_get_headers()
	local question = {}
	for _, name in ipairs(shown) do
		local values = values_of(fields[name])
		if #values > 0 then
			question[name] = values
		end
	end
	question["host"] = values_of(fields["host"])
	question["x-original-method"] = { txn.f:method() }
	question["x-original-uri"] = { txn.f:pathq() }
	local lengths, codings = values_of(fields["content-length"]), values_of(fields["transfer-encoding"])
	if #lengths > 0 then
		question["x-original-content-length"] = lengths
	elseif #codings > 0 then
		question["x-original-transfer-encoding"] = { codings[1] }
	elseif txn.f:req_ver() == "1.1" or txn.f:req_ver() == "1.0" then
		question["x-original-content-length"] = { "0" }
	end -- else it is not known whether content follows
	return question
end

local function refuse(txn, answer)
	local status = answer and answer.status or 503
	if status ~= 400 and status ~= 401 and status ~= 403 and status ~= 413 and status ~= 425 then
		status = 503
	end
	local reply = txn:reply({ status = status })
	for name, field in pairs(status ~= 503 and answer.headers or {}) do
		for _, value in ipairs(told[name] and values_of(field) or {}) do
			reply:add_header(name, value)
		end
	end
	if status ~= 503 then
		reply:set_body(answer.body or "")
	end
	txn:done(reply)
end

core.register_action("signet", { "http-req" }, function(txn)
	local client = core.httpclient()
	local answer = client:get({ url = "http://signet/check", dst = address, headers = question_of(txn), timeout = 2000 })
	if not answer or answer.status ~= 200 then
		return refuse(txn, answer)
	end
	for _, name in ipairs(identity) do
		txn.http:req_del_header(name)
		for _, value in ipairs(values_of(answer.headers[name])) do
			txn.http:req_add_header(name, value)
		end
	end
	txn.http:req_del_header("signet-proof")
end)
