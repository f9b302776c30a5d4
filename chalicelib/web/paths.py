"""Every path of the web, and the view that answers it: "customer.documents.show_all" is `show_all` in
`web/customer/documents.py`. On Lambda a view's module is imported with its first request (decision 307)."""

from chalicelib.web.routing import Routes

routes = Routes(__name__)
at = routes.at

# Customers
at("GET", "/shops/{shop}/policies", "customer.documents.show_all")
at("GET", "/shops/{shop}/{document}", "customer.documents.show_current")
at("GET", "/shops/{shop}/{document}/{version}", "customer.documents.show_version")
at("GET", "/shops/{shop}/contact", "customer.intake.contact")
at("POST", "/shops/{shop}/tickets", "customer.intake.open_ticket")
at("OPTIONS", "/shops/{shop}/tickets", "customer.intake.preflight")
at("OPTIONS", "/shops/{shop}/uploads", "customer.intake.preflight")
at("POST", "/shops/{shop}/uploads", "customer.intake.begin_upload")
at("GET", "/shops/{shop}/thanks", "customer.intake.thanks")
at("GET", "/u/{token}", "customer.objecting.show")
at("POST", "/u/{token}", "customer.objecting.end")
at("GET", "/o/{token}", "customer.order_page.show")
at("GET", "/o/{token}/choice/{line}", "customer.order_page.show_choice")
at("POST", "/o/{token}/choice/{line}", "customer.order_page.choose")
at("GET", "/o/{token}/address", "customer.order_page.show_address")
at("POST", "/o/{token}/address", "customer.order_page.correct_address")
at("GET", "/shops/{shop}/orders/find", "customer.order_page.show_find")
at("POST", "/shops/{shop}/orders/find", "customer.order_page.find")
at("GET", "/t/{token}", "customer.own_ticket.show")
at("POST", "/t/{token}", "customer.own_ticket.reply")
at("GET", "/t/{token}/rating", "customer.own_ticket.to_page")
at("POST", "/t/{token}/rating", "customer.own_ticket.rate")
at("GET", "/f/{token}", "customer.own_ticket.fetch")
at("GET", "/c/{token}", "customer.own_ticket.show_confirmation")
at("POST", "/c/{token}", "customer.own_ticket.confirm")
at("GET", "/t/{token}/rating/withdraw", "customer.own_ticket.back_to_page")
at("POST", "/t/{token}/rating/withdraw", "customer.own_ticket.take_rating_back")
at("GET", "/shops/{shop}/policy", "customer.policy_page.show_policy")
at("GET", "/shops/{shop}/complaints", "customer.policy_page.show_complaints")
at("GET", "/shops/{shop}/withdraw", "customer.withdrawal.show")
at("POST", "/shops/{shop}/withdraw", "customer.withdrawal.review")
at("POST", "/shops/{shop}/withdrawals", "customer.withdrawal.withdraw")
at("OPTIONS", "/shops/{shop}/withdrawals", "customer.withdrawal.preflight")
at("GET", "/shops/{shop}/withdrawn", "customer.withdrawal.acknowledge")

# The help centre
at("GET", "/shops/{shop}/help", "help.pages.show_all")
at("GET", "/shops/{shop}/help/search", "help.pages.search")
at("GET", "/shops/{shop}/help/suggest", "help.pages.suggest")
at("GET", "/shops/{shop}/help/{article}", "help.pages.show")
at("POST", "/shops/{shop}/help/{article}/helped", "help.pages.helped")

# Shops' systems
at("POST", "/in/{shop}/{source}", "events.door.take")

# Feedback
at("GET", "/shops/{shop}/feedback", "feedback.form.show")
at("POST", "/shops/{shop}/feedback", "feedback.form.give")
at("OPTIONS", "/shops/{shop}/feedback", "feedback.form.preflight")
at("GET", "/shops/{shop}/record", "feedback.record.show")
at("GET", "/shops/{shop}/record/{day}", "feedback.record.show_day")
at("GET", "/t/{token}/record", "feedback.record.prove")

# Agents
at("GET", "/desk/contact", "desk.contact.form")
at("POST", "/desk/contact", "desk.contact.log")
at("GET", "/desk", "desk.inbox.inbox")
at("POST", "/desk/search", "desk.inbox.ask")
at("GET", "/desk/search", "desk.inbox.search")
at("GET", "/desk/login", "desk.login.login", desk=False)
at("POST", "/desk/login", "desk.login.ask", desk=False)
at("GET", "/desk/in", "desk.login.show_link", desk=False)
at("POST", "/desk/in", "desk.login.use_link", desk=False)
at("POST", "/desk/out", "desk.login.sign_out")
at("GET", "/desk/oidc", "desk.oidc.begin", desk=False)
at("GET", "/desk/oidc/back", "desk.oidc.back", desk=False)
at("GET", "/desk/orders", "desk.orders.show_all")
at("POST", "/desk/orders", "desk.orders.search")
at("GET", "/desk/orders/{ref}", "desk.orders.show")
at("GET", "/desk/orders/{ref}/{action}", "desk.orders.back")
at("POST", "/desk/orders/{ref}/{action}", "desk.orders.act")
at("GET", "/desk/t/{ref}", "desk.ticket.show")
at("GET", "/desk/t/{ref}/{action}", "desk.ticket.back")
at("POST", "/desk/t/{ref}/{action}", "desk.ticket.act")
at("GET", "/desk/t/{ref}/f/{message}/{file}", "desk.ticket.file")
at("GET", "/desk/t/{ref}/raw/{message}", "desk.ticket.raw")
at("GET", "/desk/help", "desk.pages.show_help")
at("GET", "/desk/admin", "desk.pages.show_admin")

# Everybody
at("GET", "/static/{name}", "assets.static")
at("GET", "/static/shops/{name}", "assets.shop_style")
at("GET", "/", "status.home")
at("GET", "/health", "status.health")
