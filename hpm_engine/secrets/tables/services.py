"""Keys of models, of messaging, money and everyday services."""

from __future__ import annotations

from hpm_engine.secrets.rule import SecretRule
from hpm_engine.secrets.tables.clouds import SET
from hpm_engine.secrets.values import is_mixed, is_random

_R = is_random
_END = rb"(?![A-Za-z0-9])"
RULES = (
    SecretRule(
        "anthropic",
        "Anthropic key",
        ("sk-ant-",),
        rb"sk-ant-[a-z]{2,6}\d{2}-[\w-]{60,160}|sk-ant-[\w-]{32,200}",
        _R,
        alone=False,
    ),
    SecretRule(
        "openai",
        "OpenAI key",
        ("sk-proj-", "sk-svcacct-", "sk-admin-", "t3blbkfj"),
        rb"sk-(?:proj|svcacct|admin|None)-[\w-]{30,300}",
        _R,
        alone=False,
    ),
    SecretRule(
        "openai-legacy", "OpenAI key", ("sk-",), rb"sk-[A-Za-z0-9]{32,64}(?![\w-])", is_mixed
    ),
    SecretRule(
        "openrouter", "OpenRouter key", ("sk-or-",), rb"sk-or-v\d-[a-f0-9]{48,64}", _R, alone=False
    ),
    SecretRule(
        "langsmith",
        "LangSmith key",
        ("lsv2_",),
        rb"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}",
        _R,
        alone=False,
    ),
    SecretRule(
        "langfuse",
        "Langfuse secret key",
        ("sk-lf-",),
        rb"sk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        _R,
    ),
    SecretRule(
        "huggingface", "Hugging Face token", ("hf_",), rb"hf_[A-Za-z0-9]{30,50}" + _END, is_random
    ),
    SecretRule(
        "huggingface-org",
        "Hugging Face token",
        ("api_org_",),
        rb"api_org_[A-Za-z0-9]{30,50}" + _END,
        _R,
    ),
    SecretRule("groq", "Groq key", ("gsk_",), rb"gsk_[A-Za-z0-9]{48,60}" + _END, _R),
    SecretRule("xai", "xAI key", ("xai-",), rb"xai-[A-Za-z0-9]{70,90}" + _END, _R),
    SecretRule("perplexity", "Perplexity key", ("pplx-",), rb"pplx-[A-Za-z0-9]{40,64}" + _END, _R),
    SecretRule("replicate", "Replicate token", ("r8_",), rb"r8_[A-Za-z0-9]{37}" + _END, _R),
    SecretRule("fireworks", "Fireworks key", ("fw_",), rb"fw_[A-Za-z0-9]{22,30}" + _END, is_mixed),
    SecretRule("cerebras", "Cerebras key", ("csk-",), rb"csk-[a-z0-9]{44,60}" + _END, is_mixed),
    SecretRule("nvidia", "NVIDIA key", ("nvapi-",), rb"nvapi-[\w-]{50,80}", _R),
    SecretRule(
        "tavily", "Tavily key", ("tvly-",), rb"tvly-(?:dev-|prod-)?[A-Za-z0-9-]{28,64}", is_mixed
    ),
    SecretRule(
        "pinecone", "Pinecone key", ("pcsk_",), rb"pcsk_[A-Za-z0-9]{5,7}_[A-Za-z0-9]{50,70}", _R
    ),
    SecretRule(
        "wandb",
        "Weights & Biases key",
        ("wandb",),
        rb"(?i:wandb)" + SET + rb"(?P<s>[a-f0-9]{40})" + _END,
        _R,
        alone=False,
    ),
    SecretRule(
        "slack",
        "Slack token",
        ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xoxc-", "xoxd-"),
        rb"xox[abceprsd][-.](?:xox[bp]-)?[\w%-]{10,400}",
        is_mixed,
        alone=False,
    ),
    SecretRule(
        "slack-app",
        "Slack app token",
        ("xapp-",),
        rb"xapp-\d-[A-Z0-9]{6,20}-\d{6,20}-[a-z0-9]{30,80}",
        _R,
        alone=False,
    ),
    SecretRule(
        "slack-webhook",
        "Slack webhook",
        ("hooks.slack.com",),
        rb"hooks\.slack\.com\\?/(?:services|workflows|triggers)\\?/(?P<s>[A-Za-z0-9+]{6,20}\\?/[A-Za-z0-9+]{6,20}\\?/[A-Za-z0-9+/]{16,50})",
        alone=False,
    ),
    SecretRule(
        "discord-webhook",
        "Discord webhook",
        ("discord.com/api/web", "discordapp.com/api/web"),
        rb"discord(?:app)?\.com/api/webhooks/(?P<s>\d{15,21}/[\w-]{50,80})",
        alone=False,
    ),
    SecretRule(
        "discord-bot",
        "Discord bot token",
        ("[mno][dtjz][aeimquycgk][wxyz0-5]",),
        rb"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])",
        is_mixed,
    ),
    SecretRule(
        "telegram",
        "Telegram bot token",
        (":aa?",),
        rb"(?<=\d):(?P<s>AA[\w-]{32,34})(?![\w-])",
        _R,
        alone=False,
    ),
    SecretRule(
        "teams-webhook",
        "Teams webhook",
        (".webhook.office.com",),
        rb"\.webhook\.office\.com/webhookb2/(?P<s>[\w@/-]{60,300})",
        alone=False,
    ),
    SecretRule(
        "stripe",
        "Stripe key",
        ("sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_"),
        rb"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,250}",
        is_random,
        alone=False,
    ),
    SecretRule(
        "stripe-webhook",
        "Stripe webhook secret",
        ("whsec_",),
        rb"whsec_[A-Za-z0-9+/]{24,80}={0,2}",
        _R,
    ),
    SecretRule(
        "square",
        "Square token",
        ("sq0atp-", "sq0csp-", "eaaa"),
        rb"sq0(?:atp|csp)-[\w-]{22,50}|EAAA[\w-]{60}(?![\w-])",
        _R,
    ),
    SecretRule(
        "paypal",
        "Braintree token",
        ("access_token$",),
        rb"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
        alone=False,
    ),
    SecretRule(
        "plaid",
        "Plaid token",
        ("access-sandbox-", "access-development-", "access-production-"),
        rb"access-(?:sandbox|development|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        _R,
    ),
    SecretRule(
        "shopify",
        "Shopify token",
        ("shpat_", "shpca_", "shppa_", "shpss_"),
        rb"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
        _R,
        alone=False,
    ),
    SecretRule("twilio", "Twilio key", ("sk##",), rb"SK[0-9a-f]{32}(?![A-Za-z0-9])", _R),
    SecretRule(
        "twilio-auth",
        "Twilio auth token",
        ("twilio",),
        rb"(?i:twilio)" + SET + rb"(?P<s>[a-f0-9]{32})" + _END,
        _R,
        alone=False,
    ),
    SecretRule("sendgrid", "SendGrid key", ("sg.",), rb"SG\.[\w-]{16,32}\.[\w-]{16,64}", _R),
    SecretRule(
        "mailgun",
        "Mailgun key",
        ("key-#", "mailgun"),
        rb"key-[a-f0-9]{32}(?![A-Za-z0-9-])|(?i:mailgun)"
        + SET
        + rb"(?P<s>[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8})",
        _R,
    ),
    SecretRule(
        "mailchimp",
        "Mailchimp key",
        ("-us[0-9]",),
        rb"[a-f0-9]{32}-us\d{1,2}(?![A-Za-z0-9])",
        _R,
        back=32,
    ),
    SecretRule(
        "brevo",
        "Brevo key",
        ("xkeysib-", "xsmtpsib-"),
        rb"x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}",
        _R,
        alone=False,
    ),
    SecretRule(
        "postman",
        "Postman key",
        ("pmak-",),
        rb"PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}",
        _R,
        alone=False,
    ),
    SecretRule(
        "atlassian", "Atlassian token", ("atatt3",), rb"ATATT3[\w=-]{60,400}", _R, alone=False
    ),
    SecretRule(
        "linear",
        "Linear key",
        ("lin_api_", "lin_oauth_"),
        rb"lin_(?:api|oauth)_[A-Za-z0-9]{40,64}",
        _R,
        alone=False,
    ),
    SecretRule(
        "notion",
        "Notion token",
        ("ntn_", "secret_"),
        rb"ntn_[A-Za-z0-9]{40,50}" + _END + rb"|secret_[A-Za-z0-9]{43}" + _END,
        is_mixed,
    ),
    SecretRule(
        "figma", "Figma token", ("figd_", "figo_"), rb"fig[dor]_[\w-]{38,60}", _R, alone=False
    ),
    SecretRule("airtable", "Airtable token", ("pat",), rb"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}", _R),
    SecretRule(
        "asana",
        "Asana token",
        ("asana",),
        rb"(?i:asana)" + SET + rb"(?P<s>[12]/\d{10,20}(?:/\d{10,20})?:[a-f0-9]{32})",
        None,
        alone=False,
    ),
    SecretRule("clickup", "ClickUp token", ("pk_[0-9]",), rb"pk_\d{5,10}_[A-Z0-9]{32}" + _END, _R),
    SecretRule("typeform", "Typeform token", ("tfp_",), rb"tfp_[\w-]{40,64}", _R),
    SecretRule(
        "dropbox", "Dropbox token", ("sl.",), rb"sl\.(?:u\.)?[\w-]{120,1200}", _R, reach=1400
    ),
    SecretRule(
        "hubspot",
        "HubSpot token",
        ("pat-na1-", "pat-eu1-"),
        rb"pat-(?:na|eu)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        _R,
    ),
    SecretRule(
        "mapbox",
        "Mapbox secret token",
        ("sk.eyj",),
        rb"sk\.eyJ[\w-]{40,200}\.[\w-]{20,30}",
        alone=False,
    ),
    SecretRule(
        "facebook",
        "Facebook token",
        ("eaac", "eaab", "eaam"),
        rb"(?<![/+])EAA[CBM][A-Za-z0-9]{80,300}",
        is_mixed,
    ),
    SecretRule(
        "zapier-webhook",
        "Zapier webhook",
        ("hooks.zapier.com",),
        rb"hooks\.zapier\.com/hooks/catch/(?P<s>\d+/\w{6,20})",
        alone=False,
    ),
    SecretRule("contentful", "Contentful token", ("cfpat-",), rb"CFPAT-[\w-]{40,60}", _R),
    SecretRule(
        "easypost",
        "EasyPost key",
        ("ezak", "eztk"),
        rb"EZ[AT]K[a-z0-9]{54}" + _END,
        is_mixed,
    ),
    SecretRule(
        "resend", "Resend key", ("re_",), rb"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}" + _END, is_mixed
    ),
)
