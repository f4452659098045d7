"""The toolbox (boîte à outils): blank templates that a team prints or fills in, each as DOCX and as PDF."""
