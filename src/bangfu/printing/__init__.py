"""Documents on paper: household cards (户卡) and village minutes (一村一纪要) as PDF through Typst."""
